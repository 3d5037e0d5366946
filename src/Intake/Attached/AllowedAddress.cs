using System.Globalization;
using Rms.Directories;

namespace Rms.Intake.Attached;

/// <summary>
/// From where documents may be fetched, and so to whom our token may be shown: the connection's own endpoint, and the
/// hosts that its settings name. The address behind a name is checked on the socket (OutboundHttp).
/// </summary>
internal static class AllowedAddress
{
    private const int LongestAddress = 2000;

    /// <summary>
    /// The address that an attachment names; a relative one counts from the connection's endpoint. Null when it is none.
    /// </summary>
    public static Uri? Read(string? url, ConnectionSettings connection)
    {
        if (url is null or { Length: 0 or > LongestAddress } || url.Any(char.IsControl))
            return null;
        // A path such as /x is an absolute file address to .NET on Unix.
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && !address.IsFile)
            return address;
        return connection.Endpoint is { } endpoint && Uri.TryCreate(endpoint, url, out var relative) ? relative : null;
    }

    /// <summary>Whether a document may be fetched from there with the connection's token.</summary>
    public static bool Allows(ConnectionSettings connection, Uri address)
    {
        if (address.UserInfo.Length > 0)
            return false;
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            if (address.Scheme != Uri.UriSchemeHttp || !connection.AllowPrivateAddress)
                return false;
        }
        return IsEndpoint(connection.Endpoint, address)
            || connection.AllowedHosts.Any(allowed => IsNamed(allowed, address));
    }

    private static bool IsEndpoint(Uri? endpoint, Uri address) =>
        endpoint is not null
        && endpoint.Scheme == address.Scheme
        && endpoint.Port == address.Port
        && endpoint.IdnHost.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>host: at its scheme's own port; host:port: at that port alone.</summary>
    private static bool IsNamed(string allowed, Uri address)
    {
        var own = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
        var withPort = string.Create(CultureInfo.InvariantCulture, $"{own}:{address.Port}");
        return allowed.Equals(withPort, StringComparison.OrdinalIgnoreCase)
            || (address.IsDefaultPort && allowed.Equals(own, StringComparison.OrdinalIgnoreCase));
    }
}
