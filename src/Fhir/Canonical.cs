namespace Rms.Fhir;

/// <summary>A canonical URL with the version that may follow it.</summary>
public static class Canonical
{
    /// <summary>
    /// Splits <c>url|version</c>. Some senders write the bar as <c>%7C</c>; both are understood. The version is null
    /// when there is none.
    /// </summary>
    public static (string Url, string? Version) Split(string canonical)
    {
        ArgumentNullException.ThrowIfNull(canonical);
        var at = canonical.IndexOf('|');
        var width = 1;
        if (at < 0)
        {
            at = canonical.IndexOf("%7C", StringComparison.OrdinalIgnoreCase);
            width = 3;
        }

        if (at < 0)
        {
            return (canonical, null);
        }

        var version = canonical[(at + width)..];
        return (canonical[..at], version.Length > 0 ? version : null);
    }
}
