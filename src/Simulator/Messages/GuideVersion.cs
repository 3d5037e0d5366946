namespace Rms.Simulator.Messages;

/// <summary>
/// A version of the Ontario guide, and with it one connection of the target: a source speaks one version on each.
/// </summary>
/// <param name="Name">As scripts and people write it.</param>
/// <param name="Connection">OAuth2 client id, both ways.</param>
internal sealed record GuideVersion(string Name, string Connection)
{
    public static readonly GuideVersion V010 = new("0.10.0", "demo-source-v10");
    public static readonly GuideVersion V011 = new("0.11.1", "demo-source-v11");

    public static IReadOnlyList<GuideVersion> All { get; } = [V010, V011];

    /// <summary>OAuth2 client secret, both ways.</summary>
    public string Secret => $"{Connection}-secret";

    public bool IsV010 => this == V010;

    /// <summary>The version of this name (a leading v is allowed) or connection; null when there is none.</summary>
    public static GuideVersion? Find(string? text) =>
        All.FirstOrDefault(v => v.Name == text?.TrimStart('v') || v.Connection == text);

    /// <summary>The version suffix that a resource's profile carries under this version of the guide.</summary>
    public string ProfileVersion(string type) =>
        !IsV010 && (type is "MessageHeader" or "ServiceRequest" or "Patient" or "Location") ? "1.0.1" : "1.0.0";
}
