using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Rms.Directories;

/// <summary>
/// Who showed themselves just now, in memory: at a thousand messages a second the database is not asked each time, and
/// the slow hash of a secret is not computed each time. What stands here is asked again after two seconds, and at once
/// after a change on this node; a change on another node holds here after at most two seconds.
/// </summary>
internal sealed class KnownSenders(TimeProvider clock) : IDisposable
{
    private const int Most = 10_000;
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProvenFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SweptFor = TimeSpan.FromMinutes(1);

    // Of this process alone: what lies in memory can't be compared with anything elsewhere.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private int _changes;
    private long _sweptAt;

    /// <summary>One secret is verified at a time (twice in a rush): a flood of them can't take every core.</summary>
    public SemaphoreSlim Verifying { get; } = new(2);

    /// <summary>Read before the database is asked; what was asked before a change is not fresh after it.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>The name under which something shown is known. It does not give away what was shown.</summary>
    public string NameOf(string manner, string shown) =>
        Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(manner + "\n" + shown)));

    /// <summary>Whoever showed this within the last minutes; null when nobody did.</summary>
    public Known? Find(string name) =>
        _known.TryGetValue(name, out var known) && clock.GetUtcNow() - known.AskedAt < ProvenFor ? known : null;

    /// <summary>Whether it need not be asked again.</summary>
    public bool IsFresh(Known known)
    {
        var now = clock.GetUtcNow();
        return known.Changes == Changes && now - known.AskedAt < FreshFor && now < known.ExpiresAt;
    }

    public void Remember(string name, Known known)
    {
        if (_known.Count >= Most)
            _known.Clear();
        _known[name] = known;
    }

    public void Drop(string name) => _known.TryRemove(name, out _);

    /// <summary>A credential or a token changed: everything is asked again.</summary>
    public void AskAgain() => Interlocked.Increment(ref _changes);

    /// <summary>Whether expired tokens are to be deleted now: true once a minute.</summary>
    public bool MaySweep()
    {
        var swept = Volatile.Read(ref _sweptAt);
        var now = clock.GetUtcNow().UtcTicks;
        return now - swept >= SweptFor.Ticks && Interlocked.CompareExchange(ref _sweptAt, now, swept) == swept;
    }

    public void Dispose() => Verifying.Dispose();

    /// <param name="ExpiresAt">When a token ends; never for what is no token.</param>
    /// <param name="AskedAt">When the database said so.</param>
    /// <param name="Changes">What <see cref="KnownSenders.Changes"/> was before it was asked.</param>
    public sealed record Known(
        Guid ConnectionId,
        Guid CredentialId,
        DateTimeOffset ExpiresAt,
        DateTimeOffset AskedAt,
        int Changes
    );
}
