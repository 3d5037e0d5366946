using System.Threading.RateLimiting;

namespace Rms.Web.Fhir;

/// <summary>How often an address may knock before it has shown who it is.</summary>
internal sealed class Doors : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(
        context =>
            RateLimitPartition.GetTokenBucketLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
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

    public void Dispose() => _limiter.Dispose();
}
