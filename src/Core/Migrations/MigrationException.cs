namespace Rms.Core.Migrations;

/// <summary>The database and the migrations of this build do not fit together; nothing may be served from it.</summary>
/// <param name="faults">All that was found, one sentence each, for an operator: names of files and objects, no data.</param>
public sealed class MigrationException(IReadOnlyList<string> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>All that was found, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
