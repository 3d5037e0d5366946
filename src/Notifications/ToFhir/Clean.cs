using System.Text;
using System.Text.RegularExpressions;
using Rms.Fhir;

namespace Rms.Notifications.ToFhir;

/// <summary>Makes what a source sent fit for a strict reader: what can't be mended is left out (null).</summary>
internal static partial class Clean
{
    /// <summary>A string: no control characters but line ends, not blank.</summary>
    public static string? Text(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsControl(rune) || rune.Value is '\n' or '\r' or '\t')
                clean.Append(rune);
        }
        var trimmed = clean.ToString().Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }

    /// <summary>A code: no blank space but single spaces inside.</summary>
    public static string? Code(string? code) => code is not null && CodeForm().IsMatch(code) ? code : null;

    /// <summary>A URI that is absolute.</summary>
    public static string? Uri(string? uri) =>
        uri is not null
        && !uri.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && System.Uri.TryCreate(uri, UriKind.Absolute, out _)
            ? uri
            : null;

    /// <summary>An id of FHIR's form.</summary>
    public static string? Id(string? id) => id is not null && IdForm().IsMatch(id) ? id : null;

    /// <summary>A dateTime.</summary>
    public static string? DateTime(string? text) => FhirDate.TryParse(text, out _) ? text : null;

    /// <summary>A date: of a dateTime its day is enough.</summary>
    public static string? Date(string? text) =>
        !FhirDate.TryParse(text, out var date) ? null
        : date.Moment is null ? text
        : text![..10];

    /// <summary>One of the codes of a required binding.</summary>
    public static string? Of(Func<string?, bool> has, string? code) => has(code) ? code : null;

    [GeneratedRegex(@"^[^\s\p{C}]+( [^\s\p{C}]+)*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CodeForm();

    [GeneratedRegex(@"^[A-Za-z0-9\-\.]{1,64}\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex IdForm();
}
