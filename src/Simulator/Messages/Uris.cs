namespace Rms.Simulator.Messages;

/// <summary>The addresses and codes that the guides and their commonest source use.</summary>
internal static class Uris
{
    public const string Profile = "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-";
    public const string EventSystem = "https://ehealthontario.ca/fhir/CodeSystem/message-event-code";

    /// <summary>Referral id in the header, as text (v0.10.0, and what v0.11.1 targets send back).</summary>
    public const string ReferralIdText = "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-message-header";

    /// <summary>Referral id in the header, as an Identifier (v0.11.1).</summary>
    public const string ReferralIdentifier =
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-referral-identifier";

    public const string HealthCardVersion =
        "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code";

    public const string HealthNumber = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn";
    public const string Licence = "http://infoway-inforoute.ca/fhir/NamingSystem/ca-on-license-physician";
    public const string Billing = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-ohip-billing-id";
    public const string Snomed = "http://snomed.info/sct";
    public const string SnomedCanada = "https://fhir.infoway-inforoute.ca/CodeSystem/snomedctcaextension";
    public const string Loinc = "http://loinc.org";
    public const string ActReason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    /// <summary>The host that this source says it is: identifiers carry it, whatever address it listens on.</summary>
    public const string Host = "https://source.demo.example";

    public const string ItemVisibility = Host + "/svc/fhir/v1/StructureDefinition/ext-ocean-eform-item-visibility";

    public static string Naming(string name) => $"{Host}/svc/fhir/v1/NamingSystem/{name}";

    public static readonly string ReferralReference = Naming("id-ereferral-reference");
}
