using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>
/// Reads whether the patient agrees to e-mail. The guides have no element for it, so every place that may say it is
/// read: an extension named like email-consent on the patient or on a telecom, and Consent resources about e-mail.
/// Where they disagree, a no counts.
/// </summary>
internal static class ConsentReader
{
    private static readonly string[] Names = ["emailconsent", "consenttoemail", "consentemail", "consentforemail"];
    private static readonly string[] Yes =
    [
        "true",
        "yes",
        "y",
        "permit",
        "opt-in",
        "optin",
        "granted",
        "consented",
        "active",
        "oui",
    ];
    private static readonly string[] No =
    [
        "false",
        "no",
        "n",
        "deny",
        "opt-out",
        "optout",
        "refused",
        "declined",
        "rejected",
        "non",
    ];

    /// <summary>True, false; null when nothing was said.</summary>
    public static bool? Read(Incoming message, F.Patient patient)
    {
        var said = patient
            .Extension.Concat(patient.Telecom.SelectMany(t => t.Extension))
            .Where(e => IsEmailConsent(e.Url))
            .Select(Answer)
            .Concat(message.All<F.Consent>().SelectMany(c => OfConsent(message, c)))
            .OfType<bool>()
            .ToList();
        return said.Count == 0 ? null : said.TrueForAll(yes => yes);
    }

    /// <summary>Yes or no in the words and codes that people and systems use for it; null for anything else.</summary>
    public static bool? YesOrNo(string? text)
    {
        var word = text?.Trim().TrimEnd('.').ToLowerInvariant();
        return word is null ? null
            : Yes.Contains(word) ? true
            : No.Contains(word) ? false
            : null;
    }

    private static bool IsEmailConsent(string? url)
    {
        var name = string.Concat((url ?? "").Split('/', '#')[^1].Where(char.IsAsciiLetter)).ToLowerInvariant();
        if (name.EndsWith("extension", StringComparison.Ordinal))
            name = name[..^"extension".Length];
        else if (name.EndsWith("ext", StringComparison.Ordinal))
            name = name[..^3];
        return Names.Any(n => name.EndsWith(n, StringComparison.Ordinal));
    }

    private static bool? Answer(F.Extension extension) =>
        extension.Value switch
        {
            F.FhirPrimitive primitive => YesOrNo(primitive.Text),
            F.Coding coding => YesOrNo(coding.Code) ?? YesOrNo(coding.Display),
            F.CodeableConcept concept => concept
                .Coding.SelectMany(c => new[] { c.Code, c.Display })
                .Append(concept.Text)
                .Select(YesOrNo)
                .FirstOrDefault(answer => answer is not null),
            _ => null,
        };

    private static IEnumerable<bool?> OfConsent(Incoming message, F.Consent consent)
    {
        var about = consent.Category.Append(consent.Scope).Append(consent.PolicyRule).Any(IsAboutEmail);
        var root = consent.Provision;
        if (consent.Status == "rejected")
        {
            if (about || (root is not null && IsAboutEmail(root)))
                yield return false;
            yield break;
        }
        if (consent.Status != "active")
            yield break;
        if (root is null)
        {
            if (about)
                yield return true;
            yield break;
        }
        // The rule as a whole is a permission unless it says deny; what lies under it are its exceptions.
        if ((about || IsAboutEmail(root)) && IsCurrent(message, root))
            yield return root.Type != "deny";
        foreach (var part in root.Provision.Where(p => IsAboutEmail(p) && IsCurrent(message, p)))
        {
            if (part.Type is not null)
                yield return part.Type != "deny";
        }
    }

    private static bool IsAboutEmail(F.ConsentProvision provision) =>
        provision.Code.Concat(provision.Action).Any(IsAboutEmail)
        || provision.Purpose.Concat(provision.Class).Any(IsAboutEmail);

    private static bool IsAboutEmail(F.CodeableConcept? concept) =>
        concept is not null && (IsEmailWord(concept.Text) || concept.Coding.Any(IsAboutEmail));

    private static bool IsAboutEmail(F.Coding coding) => IsEmailWord(coding.Code) || IsEmailWord(coding.Display);

    private static bool IsEmailWord(string? text) =>
        text is not null
        && (
            text.Contains("email", StringComparison.OrdinalIgnoreCase)
            || text.Contains("e-mail", StringComparison.OrdinalIgnoreCase)
            || text.Contains("courriel", StringComparison.OrdinalIgnoreCase)
        );

    /// <summary>Not ended before the message was written.</summary>
    private static bool IsCurrent(Incoming message, F.ConsentProvision provision) =>
        !Rms.Fhir.FhirDate.TryParse(provision.Period?.End, out var end)
        || !Rms.Fhir.FhirDate.TryParse(message.Bundle.Timestamp, out var written)
        || end.LastDay >= written.FirstDay;
}
