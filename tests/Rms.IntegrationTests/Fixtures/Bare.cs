using System.Text;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>Small messages that name their referral and hold little else, as v0.11.1 has them.</summary>
public static class Bare
{
    private static int _made;

    /// <summary>An update with the patient alone.</summary>
    public static byte[] Patient(string reference, string family, string sentAt) =>
        Message(
            "notify-update-service-request",
            reference,
            $$"""{ "resourceType": "Patient", "id": "p", "name": [{ "use": "official", "family": "{{family}}" }] }""",
            sentAt
        );

    /// <summary>A message to us from the requester.</summary>
    public static byte[] Communication(string reference, string @event, string text) =>
        Message(
            @event,
            reference,
            $$"""
            { "resourceType": "Communication", "id": "c", "status": "completed", "payload": [{ "contentString": "{{text}}" }] }
            """
        );

    /// <summary>A revocation: the request as it stands at its source.</summary>
    public static byte[] Revoke(string reference, string @event = "revoke-service-request") =>
        Message(
            @event,
            reference,
            $$"""
            { "resourceType": "ServiceRequest", "id": "{{reference}}", "status": "revoked", "intent": "proposal", "subject": { "reference": "Patient/p" } }
            """
        );

    /// <summary>Any event with one more resource.</summary>
    public static byte[] Message(
        string @event,
        string reference,
        string resource,
        string sentAt = "2026-03-05T10:00:00Z"
    ) =>
        Encoding.UTF8.GetBytes(
            $$"""
            {
              "resourceType": "Bundle", "type": "message", "timestamp": "{{sentAt}}",
              "entry": [
                { "resource": {
                  "resourceType": "MessageHeader", "id": "bare-{{Interlocked.Increment(ref _made)}}",
                  "meta": { "profile": ["http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-MessageHeader|1.0.1"] },
                  "extension": [{ "url": "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-message-header", "valueString": "{{reference}}" }],
                  "eventCoding": { "system": "https://ehealthontario.ca/fhir/CodeSystem/message-event-code", "code": "{{@event}}" },
                  "source": { "endpoint": "https://source.example.org/svc/fhir/v1/$process-messages" }
                } },
                { "resource": {{resource}} }
              ]
            }
            """
        );
}
