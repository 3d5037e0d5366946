using System.Net;
using System.Net.Sockets;

namespace Rms.Core.Http;

/// <summary>
/// The only way out over HTTP. Follows no redirect, and connects to public addresses over https alone, unless the
/// connection allows private ones (a test network): the address is checked after resolution, on the socket itself, so
/// that a name can't lead elsewhere meanwhile.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private readonly HttpClient _public = Client(allowPrivate: false);
    private readonly HttpClient _private = Client(allowPrivate: true);

    /// <summary>Sends a request; HttpRequestException when the address is not allowed or there is no answer.</summary>
    public Task<HttpResponseMessage> Send(HttpRequestMessage request, bool allowPrivate, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!allowPrivate && request.RequestUri?.Scheme != Uri.UriSchemeHttps)
            throw new HttpRequestException(HttpRequestError.SecureConnectionError, "Only https is allowed.");
        return (allowPrivate ? _private : _public).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    /// <summary>Whether a request failed because its name leads to no address that is allowed: waiting mends nothing.</summary>
    public static bool WasNotAllowed(HttpRequestException fault)
    {
        for (Exception? inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is AddressNotAllowedException)
                return true;
        }
        return false;
    }

    /// <summary>Whether an address is one of the public internet (not loopback, private, link-local, shared or reserved).</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return false;
        var b = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return b[0] switch
            {
                0 or 10 or 127 or >= 224 => false,
                100 => b[1] is < 64 or > 127,
                169 => b[1] != 254,
                172 => b[1] is < 16 or > 31,
                192 => !(b[1] == 168 || (b[1] == 0 && b[2] is 0 or 2)),
                198 => b[1] is not (18 or 19) && !(b[1] == 51 && b[2] == 100),
                203 => !(b[1] == 0 && b[2] == 113),
                _ => true,
            };
        }
        // Global unicast alone (2000::/3), without 6to4, Teredo and documentation, which can carry a private address.
        return (b[0] & 0xe0) == 0x20
            && !(b[0] == 0x20 && b[1] == 0x02)
            && !(b[0] == 0x20 && b[1] == 0x01 && ((b[2] == 0 && b[3] == 0) || (b[2] == 0x0d && b[3] == 0xb8)));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _public.Dispose();
        _private.Dispose();
    }

    private static HttpClient Client(bool allowPrivate)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = (context, stop) => Connect(context.DnsEndPoint, allowPrivate, stop),
        };
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
    }

    private static async ValueTask<Stream> Connect(DnsEndPoint endpoint, bool allowPrivate, CancellationToken stop)
    {
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, stop);
        var allowed = allowPrivate ? addresses : [.. addresses.Where(IsPublic)];
        if (allowed.Length == 0)
            throw new AddressNotAllowedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressNotAllowedException()
        : HttpRequestException(HttpRequestError.NameResolutionError, "The address is not allowed.");
}
