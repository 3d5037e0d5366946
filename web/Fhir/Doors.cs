using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Rms.Web.Fhir;

/// <summary>How often an address may knock before it has shown who it is.</summary>
internal sealed class Doors : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(
        context =>
            RateLimitPartition.GetTokenBucketLimiter(
                AddressOf(context),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = 120,
                    TokensPerPeriod = 10,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    AutoReplenishment = true,
                }
            )
    );

    /// <summary>Whether this one is let through; otherwise Retry-After is set.</summary>
    public bool Open(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(context);
        if (lease.IsAcquired)
            return true;
        context.Response.Headers.RetryAfter = "1";
        return false;
    }

    /// <summary>Where somebody comes from: the address, or of an IPv6 address the network, of which one house has many.</summary>
    public static string AddressOf(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "";
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }

    public void Dispose() => _limiter.Dispose();
}
