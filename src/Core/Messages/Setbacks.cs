using System.Collections.Concurrent;

namespace Rms.Core.Messages;

/// <summary>
/// Which other systems failed us just now, on this node: after a failure that system is left alone for a second, after
/// the next for two, and so on up to half a minute, and then tried with one attempt at a time until one succeeds. A
/// system that is away thus costs next to nothing, however much waits for it.
/// </summary>
public sealed class Setbacks(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, (int Failures, DateTimeOffset Until)> _systems = [];

    /// <summary>An attempt at a system failed in a way that another attempt may mend.</summary>
    public void Failed(Guid system)
    {
        var now = clock.GetUtcNow();
        _systems.AddOrUpdate(
            system,
            _ => (1, now + Pause(1)),
            // What fails within a pause began before it.
            (_, s) => s.Until > now ? s : (s.Failures + 1, now + Pause(s.Failures + 1))
        );
    }

    /// <summary>An attempt reached a system.</summary>
    public void Worked(Guid system) => _systems.TryRemove(system, out _);

    /// <summary>The systems to leave alone now.</summary>
    public Guid[] LeftAlone()
    {
        var now = clock.GetUtcNow();
        return [.. _systems.Where(s => s.Value.Until > now).Select(s => s.Key)];
    }

    /// <summary>The systems to try with one attempt at a time.</summary>
    public Guid[] Doubtful() => [.. _systems.Keys];

    private static TimeSpan Pause(int failures) =>
        failures > 5 ? Longest : TimeSpan.FromSeconds(Math.Min(1 << (failures - 1), Longest.TotalSeconds));
}
