using System.Collections.Concurrent;
using Rms.Directories;

namespace Rms.Web.Fhir;

/// <summary>
/// How fast each connection may send (its rate and burst), on this node: a bucket that fills steadily and from which
/// each message takes one.
/// </summary>
internal sealed class Pace(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, Bucket> _buckets = new();

    /// <summary>Whether this message is let through; otherwise how many whole seconds to wait.</summary>
    public bool Take(Sender sender, out int wait)
    {
        var bucket = _buckets.GetOrAdd(sender.ConnectionId, _ => new Bucket(sender.RateBurst, clock.GetTimestamp()));
        lock (bucket)
        {
            var now = clock.GetTimestamp();
            var since = clock.GetElapsedTime(bucket.At, now).TotalSeconds;
            bucket.Left = Math.Min(sender.RateBurst, bucket.Left + (since * sender.RatePerSecond));
            bucket.At = now;
            if (bucket.Left >= 1)
            {
                bucket.Left--;
                wait = 0;
                return true;
            }
            wait = Math.Max(1, (int)Math.Ceiling((1 - bucket.Left) / sender.RatePerSecond));
            return false;
        }
    }

    private sealed class Bucket(double left, long at)
    {
        public double Left { get; set; } = left;
        public long At { get; set; } = at;
    }
}
