using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>How grave an issue is, in FHIR's words.</summary>
public enum IssueSeverity
{
    /// <summary>Reading stopped.</summary>
    Fatal,

    /// <summary>What was read is not acceptable.</summary>
    Error,

    /// <summary>Something was odd and was kept, or left out, as the text says.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Information,
}

/// <summary>One fault of what was read. No text holds a value that was read, so that none can carry a patient's data.</summary>
/// <param name="Severity">How grave it is.</param>
/// <param name="Code">A code of FHIR's issue-type: <c>structure</c>, <c>required</c>, <c>code-invalid</c> …</param>
/// <param name="Expression">Where, in FHIRPath: <c>Bundle.entry[2].resource.name[0].family</c>. Empty for the whole input.</param>
/// <param name="Text">What is wrong, in a sentence, in English.</param>
/// <param name="Key">The stable name of this kind of fault (see <see cref="Faults"/>), or the key of an R4 invariant.</param>
public sealed record FhirIssue(IssueSeverity Severity, string Code, string Expression, string Text, string Key);

/// <summary>The stable names of the kinds of fault that reading can find.</summary>
public static class Faults
{
    /// <summary>The bytes are not UTF-8, or an escape is no Unicode character.</summary>
    public const string BadUtf8 = "bad-utf8";

    /// <summary>The text is not JSON.</summary>
    public const string BadJson = "bad-json";

    /// <summary>A JSON object has the same name twice.</summary>
    public const string DuplicateKey = "duplicate-key";

    /// <summary>Objects and arrays are nested more deeply than allowed.</summary>
    public const string TooDeep = "too-deep";

    /// <summary>The bundles hold more entries than allowed.</summary>
    public const string TooManyEntries = "too-many-entries";

    /// <summary>The input is larger than allowed.</summary>
    public const string TooLarge = "too-large";

    /// <summary>The root is not a resource of the type asked for.</summary>
    public const string WrongResource = "wrong-resource";

    /// <summary>FHIR R4 has no resource type of this name.</summary>
    public const string UnknownResourceType = "unknown-resource-type";

    /// <summary>FHIR R4 has no such element here.</summary>
    public const string UnknownElement = "unknown-element";

    /// <summary>The JSON value is of another type than the element's.</summary>
    public const string WrongType = "wrong-type";

    /// <summary>A required element is missing.</summary>
    public const string MissingElement = "missing-element";

    /// <summary>A code is not in the value set that the element is bound to.</summary>
    public const string BadCode = "bad-code";

    /// <summary>A primitive does not obey its type's rule.</summary>
    public const string BadPrimitive = "bad-primitive";

    /// <summary>A choice element is given in two types.</summary>
    public const string ChoiceTwice = "choice-twice";

    /// <summary>A string, array or object is empty.</summary>
    public const string EmptyValue = "empty-value";

    /// <summary>The input starts with a byte order mark.</summary>
    public const string ByteOrderMark = "byte-order-mark";

    /// <summary>There were more issues than are kept.</summary>
    public const string TooManyIssues = "too-many-issues";
}

/// <summary>Turns issues into what FHIR tells a sender.</summary>
public static class FhirIssues
{
    /// <summary>An OperationOutcome with one issue for each; an informational <c>All OK</c> when there are none.</summary>
    public static OperationOutcome ToOperationOutcome(this IEnumerable<FhirIssue> issues)
    {
        ArgumentNullException.ThrowIfNull(issues);
        var outcome = new OperationOutcome();
        foreach (var issue in issues)
        {
            var entry = new OperationOutcomeIssue
            {
                Severity = SeverityCode(issue.Severity),
                Code = issue.Code,
                Diagnostics = issue.Text,
            };
            if (issue.Expression.Length > 0)
            {
                entry.Expression.Add(issue.Expression);
            }

            outcome.Issue.Add(entry);
        }

        if (outcome.Issue.Count == 0)
        {
            outcome.Issue.Add(
                new OperationOutcomeIssue
                {
                    Severity = IssueSeverityCodes.Information,
                    Code = IssueTypeCodes.Informational,
                    Diagnostics = "All OK",
                }
            );
        }

        return outcome;
    }

    /// <summary>FHIR's code for a severity.</summary>
    public static string SeverityCode(IssueSeverity severity) =>
        severity switch
        {
            IssueSeverity.Fatal => IssueSeverityCodes.Fatal,
            IssueSeverity.Error => IssueSeverityCodes.Error,
            IssueSeverity.Warning => IssueSeverityCodes.Warning,
            _ => IssueSeverityCodes.Information,
        };
}
