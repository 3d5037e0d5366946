using Rms.Core.Messages;

namespace Rms.Web.Fhir;

/// <summary>
/// Keeps what is refused unread. The first of a kind (who, and why) is kept before it is answered; those that follow
/// within a second are counted, and kept as one row with their number, so that a flood does not fill the table.
/// </summary>
internal sealed class Refusals(IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
{
    // More kinds than this in one second are a flood from many places: told apart only by why they were refused.
    private const int MostKinds = 200;
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Dictionary<Kind, Count> _counts = [];

    /// <summary>Keeps one, or counts it.</summary>
    public async Task Keep(HttpContext context, Guid? connection, int status, string reason, CancellationToken stop)
    {
        var size = context.Request.ContentLength ?? 0;
        var kind = new Kind(connection, connection is null ? Doors.AddressOf(context) : "", status, reason);
        lock (_lock)
        {
            if (_counts.Count >= MostKinds && !_counts.ContainsKey(kind))
                kind = kind with { Connection = null, Address = "" };
            if (_counts.TryGetValue(kind, out var count))
            {
                (count.Times, count.Largest) = (count.Times + 1, Math.Max(count.Largest, size));
                return;
            }
            _counts.Add(kind, new Count());
        }
        await Write(kind, size, 1, stop);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Together, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteCounts();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteCounts();
        }
    }

    private async Task WriteCounts()
    {
        Dictionary<Kind, Count> counts;
        lock (_lock)
        {
            counts = _counts;
            // Whoever goes on is still in the same flood: only counted again.
            _counts = counts.Where(c => c.Value.Times > 0).ToDictionary(c => c.Key, _ => new Count());
        }
        foreach (var (kind, count) in counts.Where(c => c.Value.Times > 0))
        {
            try
            {
                await Write(kind, count.Largest, count.Times, CancellationToken.None);
            }
            catch (Exception)
            {
                // The database is away: the count waits for it.
                lock (_lock)
                {
                    var again = _counts.GetValueOrDefault(kind) ?? (_counts[kind] = new Count());
                    (again.Times, again.Largest) = (again.Times + count.Times, Math.Max(again.Largest, count.Largest));
                }
            }
        }
    }

    private async Task Write(Kind kind, long size, int times, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope
            .ServiceProvider.GetRequiredService<Inbox>()
            .RefuseUnread(kind.Connection, kind.Status, kind.Reason, size, times, stop);
    }

    private sealed record Kind(Guid? Connection, string Address, int Status, string Reason);

    private sealed class Count
    {
        public int Times { get; set; }
        public long Largest { get; set; }
    }
}
