using System.Globalization;
using Microsoft.Extensions.Localization;
using Rms.Core;

namespace Rms.Web.Pages.Wording;

/// <summary>
/// Every word that a person reads on a page, by resource key, in the language of the request: Resources/Words.resx holds
/// the English, Words.fr.resx the (Canadian) French. Pages and code name keys, never words.
/// </summary>
public sealed class Words(IStringLocalizerFactory resources, Times times)
{
    private readonly IStringLocalizer _all = resources.Create("Words", typeof(Words).Assembly.GetName().Name!);

    /// <summary>The words of a key; the key itself where it is missing (a test keeps that from happening).</summary>
    public string this[string key] => _all[key].Value;

    /// <summary>The words of a key with {0}, {1}… filled in.</summary>
    public string this[string key, params object?[] values] =>
        string.Format(CultureInfo.CurrentCulture, _all[key].Value, values);

    /// <summary>The words for a number of things: key.one or key.other, by the rule of the language, with {0} the number.</summary>
    public string Count(string key, int number)
    {
        bool one = French ? number is 0 or 1 : number == 1;
        return this[key + (one ? ".one" : ".other"), number];
    }

    /// <summary>
    /// The words for a code of ours or of the guide: family "State" and code awaiting-reply (or AwaitingReply) is the key
    /// State.awaiting-reply. Where we have no words for a code, the code itself is shown.
    /// </summary>
    public string Code(string family, string? code) =>
        string.IsNullOrWhiteSpace(code) ? "" : Find(family, code) ?? code;

    /// <summary>Whether there are words for this code.</summary>
    public bool Knows(string family, string code) => Find(family, code) is not null;

    /// <summary>
    /// A refusal in words: key "Problem." + its code, with its values in place of {who}, {what}, {when} and so on. What was
    /// done and which state came of it are worded too, and a time is shown as the site reads it.
    /// </summary>
    public string Problem(Problem problem)
    {
        string text = Find("Problem", problem.Code) ?? _all["Problem.other"].Value;
        foreach ((string name, string value) in problem.Values)
        {
            text = text.Replace("{" + name + "}", Value(name, value), StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>55, F: age in years and the letter of the sex as sent; empty when neither is known.</summary>
    public string AgeAndSex(int? years, string? gender)
    {
        string sex = Code("SexLetter", gender);
        return (years, sex) switch
        {
            (null, _) => sex,
            (_, "") => this["Age.years", years],
            _ => $"{this["Age.years", years]}, {sex}",
        };
    }

    /// <summary>The label of a phone number or address: Mobile phone, Work e-mail; as sent where we have no words.</summary>
    public string Contact(string? system, string? use)
    {
        string kind = system ?? "other";
        return use is not null && Knows("Contact", $"{kind}.{use}")
            ? this[$"Contact.{kind}.{use}"]
            : Code("Contact", kind);
    }

    /// <summary>
    /// The label of an identifier: a secondary one by what the source says it is of, a billing number as such (sources type
    /// them like licences), others by their type (JHN, LN), else by the last part of its system's URI (ca-on-ohip-billing-id),
    /// else the type as the source words it.
    /// </summary>
    public string IdentifierName(PatientIdentifier id)
    {
        if (id.Use == "secondary" && !string.IsNullOrWhiteSpace(id.TypeText))
        {
            return id.TypeText;
        }

        string system = id.System?.Split('/')[^1] ?? "";
        if (system.Contains("billing", StringComparison.OrdinalIgnoreCase))
        {
            return Find("Identifier", system) ?? this["Identifier.billing"];
        }

        return (id.TypeCode is { Length: > 0 } code ? Find("Identifier", code) : null)
            ?? Find("Identifier", system)
            ?? (string.IsNullOrWhiteSpace(id.TypeText) ? null : id.TypeText)
            ?? this["Identifier.other"];
    }

    /// <summary>An answer or value for a person: yes and no for a boolean's true and false, dates as they are read here.</summary>
    public string Answer(string answer) =>
        answer switch
        {
            "true" => this["Answer.true"],
            "false" => this["Answer.false"],
            _ => answer.Length is 10 or > 15 and < 36 && char.IsAsciiDigit(answer[0]) ? times.Fhir(answer) : answer,
        };

    /// <summary>From when until when, each as FHIR writes it; one of them may be open.</summary>
    public string Period(string? start, string? end) =>
        (start, end) switch
        {
            (null, null) => "",
            (_, null) => this["Period.from", times.Fhir(start)],
            (null, _) => this["Period.until", times.Fhir(end)],
            _ => this["Period.both", times.Fhir(start), times.Fhir(end)],
        };

    /// <summary>The name of a code system by its URI, for those that people know by name; else empty.</summary>
    public string CodeSystem(string? uri) =>
        uri is null ? ""
        : uri.Contains("snomed", StringComparison.OrdinalIgnoreCase) ? this["CodeSystem.snomed"]
        : uri.Contains("loinc", StringComparison.OrdinalIgnoreCase) ? this["CodeSystem.loinc"]
        : uri.Contains("icd-10", StringComparison.OrdinalIgnoreCase) ? this["CodeSystem.icd-10"]
        : uri.Contains("icd-9", StringComparison.OrdinalIgnoreCase) ? this["CodeSystem.icd-9"]
        : "";

    /// <summary>What a listing asks for and did not get: as the listing calls it, else by its field or key.</summary>
    public string MissingName(MissingPart part)
    {
        string name = (French ? part.LabelFr : part.LabelEn) ?? Code("Field", part.Key);
        return part.WithinDays is { } days ? this["Missing.within", name, days] : name;
    }

    /// <summary>Why it counts as missing.</summary>
    public string MissingWhy(MissingPart part) =>
        part.Why switch
        {
            // Its day is enough; the hour would only stand in the way.
            "too-old" => this[
                "Missing.too-old",
                times.Fhir(part.Date is { Length: > 10 } moment ? moment[..10] : part.Date)
            ],
            "undated" => this["Missing.undated"],
            _ => Code("Missing", "absent-" + part.Kind),
        };

    /// <summary>What went wrong with a delivery: a code, with the receiver's HTTP status behind it where it answered.</summary>
    public string DeliveryFault(string fault)
    {
        string[] parts = fault.Split(' ', 2);
        string code = parts[0].StartsWith("unreachable-", StringComparison.Ordinal) ? "unreachable" : parts[0];
        return Code("DeliveryFault", code) + (parts.Length > 1 ? $" (HTTP {parts[1]})" : "");
    }

    /// <summary>Why a document is not here: a code, with the source's HTTP status behind it where it tells something.</summary>
    public string AttachmentFault(string fault)
    {
        string[] parts = fault.Split(' ', 2);
        return Code("AttachmentFault", parts[0]) + (parts.Length > 1 ? $" (HTTP {parts[1]})" : "");
    }

    /// <summary>A language in words for its BCP 47 code (fr, fr-CA, pa); the code itself when it is none.</summary>
    public static string LanguageName(string code)
    {
        try
        {
            CultureInfo language = CultureInfo.GetCultureInfo(code, predefinedOnly: true);
            return language.DisplayName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    private string? Find(string family, string code)
    {
        LocalizedString found = _all[$"{family}.{code}"];
        if (found.ResourceNotFound)
        {
            found = _all[$"{family}.{Shown.Kebab(code)}"];
        }

        return found.ResourceNotFound ? null : found.Value;
    }

    private string Value(string name, string value) =>
        name switch
        {
            "when" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out DateTimeOffset when) =>
                times.Moment(when),
            "what" => Find("Did", value) ?? Code("State", value),
            "state" or "from" or "to" => Code("State", value),
            "action" => Code("Action", value),
            "who" when value.Length == 0 => this["History.system"],
            _ => value,
        };

    private static bool French => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr";
}
