using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;

namespace Rms.Directories;

/// <summary>
/// Sites, listings and connections in memory: every message asks for them, and they hardly ever change. Read again
/// after two seconds, so that a change shows on every node without a word between them.
/// </summary>
internal sealed class Book(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _reading = new(1);
    private volatile Pages? _pages;

    public async ValueTask<Pages> Read(CancellationToken stop)
    {
        if (_pages is { } fresh && clock.GetUtcNow() - fresh.ReadAt < FreshFor)
            return fresh;
        // While one reads, the others go by what was true a moment ago: whoever asks may hold a transaction.
        if (_pages is { } old)
        {
            if (!await _reading.WaitAsync(0, stop))
                return old;
        }
        else
        {
            await _reading.WaitAsync(stop);
        }
        try
        {
            if (_pages is { } readMeanwhile && clock.GetUtcNow() - readMeanwhile.ReadAt < FreshFor)
                return readMeanwhile;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
            return _pages = new Pages(
                clock.GetUtcNow(),
                await db.Set<Site>().AsNoTracking().ToDictionaryAsync(s => s.Id, stop),
                await db.Set<Listing>().AsNoTracking().ToDictionaryAsync(l => l.Id, stop),
                await db.Set<Connection>().AsNoTracking().ToDictionaryAsync(c => c.Id, stop)
            );
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Forget() => _pages = null;

    public void Dispose() => _reading.Dispose();

    public sealed record Pages(
        DateTimeOffset ReadAt,
        IReadOnlyDictionary<Guid, Site> Sites,
        IReadOnlyDictionary<Guid, Listing> Listings,
        IReadOnlyDictionary<Guid, Connection> Connections
    );
}
