namespace Rms.Fhir.Json;

/// <summary>
/// Texts that stand in nearly every message: they are taken from here instead of being made anew. Only constants; what
/// a sender sends never gets in.
/// </summary>
internal static class KnownTexts
{
    private const string Profile = "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-";

    private static readonly string[] Profiled =
    [
        "Appointment",
        "Bundle",
        "Communication",
        "DocumentReference",
        "HealthcareService",
        "Location",
        "MessageHeader",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "QuestionnaireResponse",
        "ServiceRequest",
        "Task",
    ];

    private static readonly string[] Suffixes = ["|1.0.0", "|1.0.1", "%7C1.0.0", "%7C1.0.1"];

    private static readonly string[] Others =
    [
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code",
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-message-header",
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-referral-identifier",
        "https://ehealthontario.ca/fhir/CodeSystem/message-event-code",
        "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        "HTEST",
        "test health data",
        "http://terminology.hl7.org/CodeSystem/v2-0203",
        "http://hl7.org/fhir/v2/0203/",
        "JHN",
        "MR",
        "MD",
        "LN",
        "Jurisdictional health number (Canada)",
        "Medical record number",
        "Medical License number",
        "License Number",
        "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn",
        "http://infoway-inforoute.ca/fhir/NamingSystem/ca-on-license-physician",
        "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-ohip-billing-id",
        "https://fhir.infoway-inforoute.ca/CodeSystem/snomedctcaextension",
        "http://snomed.info/sct",
        "http://loinc.org",
        "http://unitsofmeasure.org",
        "application/pdf",
        "add-service-request",
        "process-request",
        "Initial",
        "Ocean",
        "ON",
        "CA",
        "Y",
        "N",
        "Yes",
        "No",
        "hidden",
    ];

    private static readonly Utf8Table Table = new([
        .. Profiled.SelectMany(type => Versions(type)),
        .. Others,
        .. CodeSets.All.Where(set => set.Codes.Length <= 32).SelectMany(set => set.Codes.ToArray()),
    ]);

    /// <summary>The constant with these UTF-8 bytes; null when there is none.</summary>
    public static string? Find(ReadOnlySpan<byte> utf8) => Table.Find(utf8);

    private static IEnumerable<string> Versions(string type) =>
        from version in Suffixes
        select $"{Profile}{type}{version}";
}
