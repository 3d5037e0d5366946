using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>How forgiving the reader is.</summary>
public enum Manner
{
    /// <summary>For what others send: keep what can be kept, and warn.</summary>
    Tolerant,

    /// <summary>For what we send, and tests: whatever R4 forbids is an error, its invariants included.</summary>
    Strict,
}

/// <summary>Bounds and manner of reading.</summary>
public sealed record ReadOptions
{
    /// <summary>Tolerant, with the default bounds.</summary>
    public static ReadOptions Tolerant { get; } = new();

    /// <summary>Strict, with the default bounds.</summary>
    public static ReadOptions Strict { get; } = new() { Manner = Manner.Strict };

    /// <summary>How forgiving to be.</summary>
    public Manner Manner { get; init; } = Manner.Tolerant;

    /// <summary>How many JSON objects and arrays may stand within each other; at most 500.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>How many Bundle entries there may be, those of bundles within bundles included.</summary>
    public int MaxEntries { get; init; } = 20_000;

    /// <summary>The size of the largest input, in bytes.</summary>
    public long MaxBytes { get; init; } = 64L << 20;

    /// <summary>How many issues are kept. The first error is kept even after that many warnings.</summary>
    public int MaxIssues { get; init; } = 1000;
}

/// <summary>What reading gave.</summary>
/// <param name="Resource">
/// The resource; null after a fatal issue. With errors that are not fatal (a duplicate key) it holds what could be kept.
/// </param>
/// <param name="Issues">Every fault found, in the order of the input.</param>
public sealed record FhirRead<T>(T? Resource, IReadOnlyList<FhirIssue> Issues)
    where T : Resource
{
    /// <summary>True when any issue is an error or fatal.</summary>
    public bool HasErrors => Issues.Any(issue => issue.Severity is IssueSeverity.Fatal or IssueSeverity.Error);
}
