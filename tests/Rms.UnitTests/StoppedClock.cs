namespace Rms.UnitTests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 3, 2, 14, 5, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    public void Move(int seconds) => now += TimeSpan.FromSeconds(seconds);
}
