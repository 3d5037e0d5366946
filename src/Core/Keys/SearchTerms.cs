using System.Globalization;
using System.Text;

namespace Rms.Core.Keys;

/// <summary>
/// The terms under which a patient can be found; <see cref="KeyRing.Token"/> turns each into what is stored. Names are
/// found by prefix (two letters on) and by sound, numbers and addresses as a whole.
/// </summary>
public static class SearchTerms
{
    private const int LongestPrefix = 10;

    // More than any person has; a hostile message must not fill the index.
    private const int MostOfAKind = 40;

    /// <summary>The terms of a patient and of the referral's id at its source.</summary>
    public static IReadOnlySet<string> Of(PatientDetails patient, string reference)
    {
        ArgumentNullException.ThrowIfNull(patient);
        var terms = new HashSet<string>(StringComparer.Ordinal) { "ref:" + Fold(reference) };
        foreach (var name in patient.Names.Take(MostOfAKind))
        {
            foreach (var word in name.Given.Append(name.Family).SelectMany(Words).Take(MostOfAKind))
            {
                for (var length = 2; length <= Math.Min(word.Length, LongestPrefix); length++)
                    terms.Add("name:" + word[..length]);
                if (word.Length == 1)
                    terms.Add("name:" + word);
                if (Sound(word) is { } sound)
                    terms.Add("sound:" + sound);
            }
        }
        foreach (var identifier in patient.Identifiers.Take(MostOfAKind))
        {
            if (Fold(identifier.Value) is { Length: > 0 } number)
                terms.Add("number:" + number);
        }
        if (patient.BirthDate is { Length: 10 } birth)
            terms.Add("born:" + birth);
        foreach (var telecom in patient.Telecoms.Take(MostOfAKind))
        {
            if (telecom.System == "email" && telecom.Value is { } email)
                terms.Add("email:" + email.Trim().ToUpperInvariant());
            else if (Digits(telecom.Value) is { Length: >= 7 } phone)
                terms.Add("phone:" + (phone.Length > 10 ? phone[^10..] : phone));
        }
        return terms;
    }

    /// <summary>
    /// What a person typed, as groups of alternatives: a referral matches when it has one term of every group. Empty
    /// when nothing that can be searched was typed.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<string>> Typed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var whole = text.Trim();
        if (whole.Contains('@', StringComparison.Ordinal))
            return
            [
                ["email:" + whole.ToUpperInvariant()],
            ];
        if (DateOnly.TryParseExact(whole, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return
            [
                ["born:" + whole],
            ];
        var folded = Fold(whole);
        var digits = Digits(whole);
        if (digits.Length >= 6)
        {
            var phone = digits.Length > 10 ? digits[^10..] : digits;
            return
            [
                ["number:" + folded, "number:" + digits, "phone:" + phone, "ref:" + folded],
            ];
        }
        return
        [
            .. Words(whole)
                .Where(w => w.Length > 0)
                .Select(w =>
                {
                    List<string> any = ["name:" + (w.Length > LongestPrefix ? w[..LongestPrefix] : w), "ref:" + w];
                    if (w.Length > 3 && Sound(w) is { } sound)
                        any.Add("sound:" + sound);
                    return (IReadOnlyList<string>)any;
                }),
        ];
    }

    /// <summary>The terms that another referral of the same patient shares: the health number, the date of birth; null where unknown.</summary>
    public static (string? HealthNumber, string? Birth) OfSamePatient(PatientDetails patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        return (
            HealthNumber(patient.HealthNumber) is { } number ? "number:" + number : null,
            patient.BirthDate is { Length: 10 } birth ? "born:" + birth : null
        );
    }

    /// <summary>A health number's letters and digits; null for what stands for none (000…, too short).</summary>
    public static string? HealthNumber(PatientIdentifier? card) =>
        Fold(card?.Value) is { Length: >= 4 } number && number.Distinct().Count() > 1 ? number : null;

    /// <summary>A name's words, each folded.</summary>
    public static IEnumerable<string> Words(string? text) =>
        (text ?? "")
            .Split([' ', ',', '-', '.', '\t', '\u00a0'], StringSplitOptions.RemoveEmptyEntries)
            .Select(Fold)
            .Where(w => w.Length > 0);

    /// <summary>Letters and digits alone, upper case, without accents.</summary>
    public static string Fold(string? text)
    {
        var folded = new StringBuilder();
        // Normalize refuses lone surrogates and noncharacters: runes replace the first, and the second name nobody.
        var runes = (text ?? "").EnumerateRunes().Where(r => (r.Value & 0xfffe) != 0xfffe);
        foreach (var c in string.Concat(runes).Normalize(NormalizationForm.FormD))
        {
            if (char.IsLetterOrDigit(c))
                folded.Append(char.ToUpperInvariant(c));
        }
        return folded.ToString();
    }

    private static string Digits(string? text) => string.Concat((text ?? "").Where(char.IsAsciiDigit));

    /// <summary>American Soundex of a folded word; null for a word with a letter outside A to Z.</summary>
    public static string? Sound(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        const string Codes = "01230120022455012623010202";
        if (word.Length < 2 || word.Any(c => c is < 'A' or > 'Z'))
            return null;
        var sound = new StringBuilder(4).Append(word[0]);
        var last = Codes[word[0] - 'A'];
        foreach (var c in word.Skip(1))
        {
            var code = Codes[c - 'A'];
            if (code != '0' && code != last && sound.Length < 4)
                sound.Append(code);
            // H and W stand between like letters without parting them; vowels part them.
            if (c is not ('H' or 'W'))
                last = code;
        }
        return sound.ToString().PadRight(4, '0');
    }
}
