using System.Reflection;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Web.Startup;

namespace Rms.Web.Fhir;

/// <summary>GET /fhir/metadata: what this endpoint can do, as a CapabilityStatement.</summary>
internal static class Metadata
{
    public static Task Get(HttpContext context, Settings settings, TimeProvider clock)
    {
        var statement = new CapabilityStatement
        {
            Status = PublicationStatusCodes.Active,
            Date = FhirDate.Text(clock.GetUtcNow()),
            Kind = CapabilityStatementKindCodes.Instance,
            Software = new CapabilityStatementSoftware
            {
                Name = "RMS Target",
                Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3),
            },
            Implementation = new CapabilityStatementImplementation
            {
                Description =
                    "Receives eReferrals as FHIR messages (Ontario eReferral-eConsult guide 0.10.0 and 0.11.1)",
                Url = settings.PublicUrl + "/fhir",
            },
            FhirVersion = "4.0.1",
            Format = { "application/fhir+json" },
            Messaging =
            {
                new CapabilityStatementMessaging
                {
                    Endpoint =
                    {
                        new CapabilityStatementMessagingEndpoint
                        {
                            Protocol = new Coding
                            {
                                System = "http://terminology.hl7.org/CodeSystem/message-transport",
                                Code = "http",
                            },
                            Address = settings.PublicUrl + "/fhir/$process-message",
                        },
                    },
                    Documentation =
                        "POST a message Bundle with a Bearer token from /oauth2/token, client id and secret by HTTP Basic, "
                        + "or an API key in X-API-Key. add-service-request creates a referral, or brings a known one up to "
                        + "date, and is answered with a Bundle; copies, updates, revocations and communications are acted "
                        + "upon and answered with an OperationOutcome; what can't be routed, and other events, are kept for "
                        + "a person to look at. A message is taken in once: the same MessageHeader.id gets the same answer.",
                },
            },
            Rest =
            {
                new CapabilityStatementRest
                {
                    Mode = RestfulCapabilityModeCodes.Server,
                    Security = new CapabilityStatementRestSecurity
                    {
                        Service =
                        {
                            Manner("OAuth"),
                            Manner("Basic"),
                            new CodeableConcept { Text = "API key in the header X-API-Key" },
                        },
                        Description =
                            "OAuth2 client credentials at /oauth2/token (taken back at /oauth2/revoke), HTTP Basic, or an "
                            + "API key: each connection allows one or more of them",
                    },
                    Operation =
                    {
                        new CapabilityStatementRestResourceOperation
                        {
                            Name = "process-message",
                            Definition = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message",
                        },
                    },
                },
            },
        };
        return Outcomes.Send(context, 200, FhirWriter.Write(statement));
    }

    private static CodeableConcept Manner(string code) =>
        new()
        {
            Coding =
            {
                new Coding { System = "http://terminology.hl7.org/CodeSystem/restful-security-service", Code = code },
            },
        };
}
