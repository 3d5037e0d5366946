namespace Rms.Simulator;

/// <summary>The clock on the source's wall: times go out with Ontario's offset.</summary>
internal sealed class OntarioTime(TimeProvider time)
{
    private static readonly TimeZoneInfo? Zone = TimeZoneInfo.TryFindSystemTimeZoneById(
        "America/Toronto",
        out var found
    )
        ? found
        : null;

    public DateTimeOffset Now() => Local(time.GetUtcNow());

    /// <summary>The instant with Ontario's offset; standard time where the machine has no time zone data.</summary>
    public static DateTimeOffset Local(DateTimeOffset at) =>
        Zone is null ? at.ToOffset(TimeSpan.FromHours(-5)) : TimeZoneInfo.ConvertTime(at, Zone);
}
