using Rms.Core;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>Reads a Patient's demographics.</summary>
internal static class PatientReader
{
    private const string VersionCodeExtension = "ext-id-health-card-version-code";

    public static PatientDetails Read(F.Patient patient) =>
        new(
            [.. patient.Name.Select(Name)],
            patient.Gender,
            patient.BirthDate,
            [.. Identifiers(patient)],
            [.. patient.Telecom.Select(Telecom).OfType<ContactPoint>()],
            [.. patient.Address.Select(Address).OfType<PostalAddress>()],
            Language(patient),
            (patient.Deceased as F.FhirBoolean)?.Value ?? (patient.Deceased is F.FhirDateTime ? true : null)
        )
        {
            Interpreter = patient
                .Extension.Where(e => Incoming.Ends(e.Url, "patient-interpreterRequired"))
                .Select(e => (e.Value as F.FhirPrimitive)?.Text)
                .FirstOrDefault(),
        };

    public static PersonName Name(F.HumanName name) =>
        new(
            name.Use,
            Clean(name.Family),
            [.. name.Given.Select(Clean).OfType<string>()],
            name.Prefix.Count == 0 ? null : string.Join(' ', name.Prefix),
            name.Suffix.Count == 0 ? null : string.Join(' ', name.Suffix),
            Clean(name.Text)
        );

    public static PatientIdentifier Identifier(F.Identifier identifier) =>
        new(
            identifier.Type?.Coding.FirstOrDefault(c => c.Code is not null)?.Code,
            identifier.Use == "secondary" ? SystemInWords(identifier)
                : identifier.Type is null ? null
                : Codes.Text(identifier.Type),
            identifier.Use,
            identifier.System,
            Clean(identifier.Value),
            Province(identifier.System),
            VersionCode(identifier.Extension)
        );

    public static ContactPoint? Telecom(F.ContactPoint telecom) =>
        Clean(telecom.Value) is { } value ? new ContactPoint(telecom.System, telecom.Use, value) : null;

    /// <summary>An address; null for the empty ones that sources send.</summary>
    public static PostalAddress? Address(F.Address address)
    {
        var read = new PostalAddress(
            address.Use,
            [.. address.Line.Select(Clean).OfType<string>()],
            Clean(address.City),
            Clean(address.State),
            Clean(address.PostalCode),
            Clean(address.Country),
            Clean(address.Text)
        );
        return read.Lines.Count == 0 && (read.City ?? read.Province ?? read.PostalCode ?? read.Text) is null
            ? null
            : read;
    }

    private static IEnumerable<PatientIdentifier> Identifiers(F.Patient patient)
    {
        // The version code stands inside the identifier, or (seen in a test client) on the patient.
        var onPatient = VersionCode(patient.Extension);
        foreach (var identifier in patient.Identifier.Select(Identifier))
        {
            yield return identifier is { TypeCode: "JHN", VersionCode: null, Use: not "secondary" }
                ? identifier with
                {
                    VersionCode = onPatient,
                }
                : identifier;
        }
    }

    /// <summary>
    /// What a secondary number is of ("Military ID"). Sources put it into the system, where others have a URI; else it
    /// is the last part of that URI, or the type in words.
    /// </summary>
    private static string? SystemInWords(F.Identifier identifier)
    {
        var type = identifier.Type is null ? null : Codes.Text(identifier.Type);
        if (Clean(identifier.System) is not { } system)
            return type;
        if (!system.Contains(':', StringComparison.Ordinal))
            return PlainText.Of(system);
        // Of the systems that are URIs only those say more than the type whose last part is words.
        var last = Uri.UnescapeDataString(system.Split('/', ':', '#')[^1]);
        return last.Contains(' ', StringComparison.Ordinal) ? PlainText.Of(last) : type;
    }

    private static string? VersionCode(List<F.Extension> extensions) =>
        Clean(
            (extensions.FirstOrDefault(e => Incoming.Ends(e.Url, VersionCodeExtension))?.Value as F.FhirPrimitive)?.Text
        );

    /// <summary>ON of …/NamingSystem/ca-on-patient-hcn.</summary>
    private static string? Province(string? system)
    {
        const string End = "-patient-hcn";
        return
            Incoming.Ends(system, End)
            && system!.Length >= End.Length + 5
            && system.AsSpan(system.Length - End.Length - 5, 3).Equals("ca-", StringComparison.OrdinalIgnoreCase)
            ? system.Substring(system.Length - End.Length - 2, 2).ToUpperInvariant()
            : null;
    }

    private static string? Language(F.Patient patient)
    {
        var spoken =
            patient.Communication.FirstOrDefault(c => c.Preferred == true) ?? patient.Communication.FirstOrDefault();
        return spoken?.Language is { } language
            ? language.Coding.FirstOrDefault(c => c.Code is not null)?.Code ?? Codes.Text(language)
            : null;
    }

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
