namespace Rms.Core;

/// <summary>New identifiers: UUIDv7, so that rows written together lie together.</summary>
public static class Ids
{
    /// <summary>A new UUIDv7 that carries the clock's present time.</summary>
    public static Guid New(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
#pragma warning disable RS0030 // The one place where ids are made.
        return Guid.CreateVersion7(clock.GetUtcNow());
#pragma warning restore RS0030
    }
}
