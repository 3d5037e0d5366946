using Rms.Core;
using Rms.Core.Keys;

namespace Rms.Triage;

/// <summary>Whether two patients look like one. People decide; this only finds what they should look at.</summary>
internal static class Likeness
{
    // More than any person has; a hostile message must not make the comparison long.
    private const int MostNames = 5;
    private const int MostLetters = 40;

    /// <summary>The reasons to believe that they are one patient; none: they are not.</summary>
    public static IEnumerable<string> Reasons(PatientDetails one, PatientDetails other)
    {
        if (SameHealthNumber(one.HealthNumber, other.HealthNumber))
            yield return "same-health-number";
        if (
            one.BirthDate is { Length: 10 } birth
            && birth == other.BirthDate
            && Names(one).Any(n => Names(other).Any(m => Similar(n, m)))
        )
            yield return "same-birth-date-and-similar-name";
    }

    /// <summary>Whether two people are named alike, as written in lists: letters alone, whatever their case and accents.</summary>
    public static bool SameText(string? one, string? other) =>
        SearchTerms.Fold(one) is { Length: > 0 } folded && folded == SearchTerms.Fold(other);

    private static bool SameHealthNumber(PatientIdentifier? one, PatientIdentifier? other) =>
        SearchTerms.HealthNumber(one) is { } number
        && number == SearchTerms.HealthNumber(other)
        && (one!.Province ?? other!.Province) == (other!.Province ?? one.Province);

    private static IEnumerable<Name> Names(PatientDetails patient) =>
        patient.Names.Take(MostNames).Select(NameOf).Where(n => n.Family.Count + n.Given.Count > 0);

    private static Name NameOf(PersonName name)
    {
        var family = Words([name.Family]);
        var given = Words(name.Given);
        // A name that came as one text alone: the last word is taken for the surname.
        if (family.Count + given.Count == 0 && Words([name.Text]) is [.., var last] text)
            return new Name([last], [.. text.SkipLast(1)]);
        return new Name(family, given);
    }

    private static List<string> Words(IEnumerable<string?> parts) =>
        [
            .. parts
                .SelectMany(SearchTerms.Words)
                .Take(MostNames)
                .Select(w => w.Length > MostLetters ? w[..MostLetters] : w),
        ];

    private static bool Similar(Name one, Name other)
    {
        if (SimilarFamily(one.Family, other.Family) && SimilarGiven(one.Given, other.Given))
            return true;
        // Surname and first name in each other's place.
        return one.Given.Count > 0
            && other.Given.Count > 0
            && SimilarFamily(one.Family, other.Given)
            && SimilarFamily(one.Given, other.Family);
    }

    /// <summary>As a whole, or in one of its parts, as after a marriage.</summary>
    private static bool SimilarFamily(List<string> one, List<string> other) =>
        SimilarWord(string.Concat(one), string.Concat(other))
        || one.Exists(w => w.Length >= 4 && other.Contains(w, StringComparer.Ordinal));

    /// <summary>The first names, as a whole or as far as the shorter goes (an initial, Rob for Robert); none is no objection.</summary>
    private static bool SimilarGiven(List<string> one, List<string> other)
    {
        if (one.Count == 0 || other.Count == 0)
            return true;
        var (a, b) = (one[0], other[0]);
        return SimilarWord(a, b)
            || ((a.Length is 1 or >= 3) && b.StartsWith(a, StringComparison.Ordinal))
            || ((b.Length is 1 or >= 3) && a.StartsWith(b, StringComparison.Ordinal))
            || SimilarWord(string.Concat(one), string.Concat(other));
    }

    private static bool SimilarWord(string one, string other)
    {
        if (one.Length == 0 || other.Length == 0)
            return false;
        if (one == other || (SearchTerms.Sound(one) is { } sound && sound == SearchTerms.Sound(other)))
            return true;
        var shorter = Math.Min(one.Length, other.Length);
        var faults =
            shorter >= 8 ? 2
            : shorter >= 4 ? 1
            : 0;
        return Math.Abs(one.Length - other.Length) <= faults && Faults(one, other) <= faults;
    }

    /// <summary>How many letters were added, left out, mistaken or swapped with their neighbour.</summary>
    private static int Faults(string one, string other)
    {
        var d = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= other.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var differs = one[i - 1] == other[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + differs);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[one.Length, other.Length];
    }

    private sealed record Name(List<string> Family, List<string> Given);
}
