using Rms.Core.Keys;

namespace Rms.Core;

/// <summary>
/// An expected failure. The web words it for a person (resource key <c>Problem.{Code}</c>) in one place and for a
/// machine (OperationOutcome) in one other. It never carries patient data.
/// </summary>
/// <param name="code">Stable code, such as <c>referral.decided-meanwhile</c>.</param>
/// <param name="status">The HTTP status that fits it.</param>
/// <param name="values">What the sentence mentions: who, what, when.</param>
/// <param name="faults">The faults of single fields of the input, all together.</param>
public sealed class Problem(
    string code,
    int status,
    IReadOnlyDictionary<string, string>? values = null,
    IReadOnlyList<Fault>? faults = null
) : Exception(code)
{
    /// <summary>Stable code, such as <c>referral.decided-meanwhile</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status that fits it.</summary>
    public int Status { get; } = status;

    /// <summary>What the sentence mentions: who, what, when.</summary>
    public IReadOnlyDictionary<string, string> Values { get; } = values ?? new Dictionary<string, string>();

    /// <summary>The faults of single fields, when the input was at fault.</summary>
    public IReadOnlyList<Fault> Faults { get; } = faults ?? [];

    /// <summary>What was wrong with a message, each with its path.</summary>
    public IReadOnlyList<MessageIssue> Issues { get; init; } = [];

    /// <summary>The person may not do this, or not at this site.</summary>
    public static Problem Forbidden() => new("forbidden", 403);

    /// <summary>There is no such thing, or it is not of one's own sites (which must look the same from outside).</summary>
    public static Problem NotFound() => new("not-found", 404);
}

/// <summary>A fault of one field of the input.</summary>
/// <param name="Field">The field's name as it was posted.</param>
/// <param name="Code">Stable code, worded by the web as <c>Fault.{Code}</c>.</param>
public sealed record Fault(string Field, string Code);
