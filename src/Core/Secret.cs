namespace Rms.Core;

/// <summary>A secret in memory. It never prints itself.</summary>
public sealed record Secret(string Value)
{
    /// <inheritdoc />
    public override string ToString() => "(secret)";
}
