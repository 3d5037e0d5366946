using Rms.Core;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>The bodies of our replies to messages that were taken in.</summary>
internal static class Replies
{
    private const string TaskProfile =
        "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-Task|1.0.0";

    /// <summary>An informational OperationOutcome.</summary>
    public static byte[] Kept(string text) =>
        FhirWriter.Write(
            new OperationOutcome
            {
                Issue =
                {
                    new OperationOutcomeIssue
                    {
                        Severity = IssueSeverityCodes.Information,
                        Code = IssueTypeCodes.Informational,
                        Details = new CodeableConcept { Text = text },
                    },
                },
            }
        );

    /// <summary>What comes under a known id is another thing.</summary>
    public static byte[] Differs() =>
        Kept(
            "The message was kept, but this referral was first sent to another listing, for another patient, or differs "
                + "in being a test; a person will look at it."
        );

    /// <summary>
    /// The one answer to whatever speaks of a revoked referral: of it only the envelope is kept, so that the same
    /// message again gets the same answer.
    /// </summary>
    public static byte[] Revoked { get; } =
        Kept("The referral was revoked. Everything about it has been removed; only the fact is kept.");

    /// <summary>A message about a revoked referral: its content is forgotten at once.</summary>
    public static Handled Forgotten(Referral referral) =>
        new(Parked: false, "referral-revoked", Revoked, About: null) { Forgotten = referral };

    /// <summary>
    /// The reply to an add (guide, Integration Methods: message responses): the entries as we hold them, no longer as a
    /// message, with the Task of our processing added.
    /// </summary>
    public static byte[] Echo(Incoming message, ConnectionSettings connection, Referral referral, TimeProvider clock)
    {
        var request = message.ServiceRequest!;
        var at = FhirDate.Text(clock.GetUtcNow());
        var task = new FhirTask
        {
            Id = referral.Id.ToString(),
            Meta = new Meta { Profile = { TaskProfile } },
            Status = StatusOf(referral.State),
            Intent = TaskIntentCodes.Order,
            Code = new CodeableConcept { Coding = { new Coding { Code = "process-request" } } },
            BasedOn = { new Reference { ReferenceValue = ReferenceTo(message, request, referral) } },
            AuthoredOn = at,
            LastModified = at,
        };
        if (referral.IsTest)
            task.Meta.Security.Add(
                new Coding
                {
                    System = "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                    Code = "HTEST",
                    Display = "test health data",
                }
            );
        var echo = new Bundle
        {
            Id = message.Bundle.Id,
            Meta = message.Bundle.Meta,
            Identifier = message.Bundle.Identifier,
            Type = connection.ReplyBundleType,
            Timestamp = at,
        };
        echo.Entry.AddRange(message.Bundle.Entry);
        echo.Entry.Add(new BundleEntry { FullUrl = $"urn:uuid:{referral.Id}", Resource = task });
        return FhirWriter.Write(echo);
    }

    /// <summary>Received for what is new; of a referral that is sent again, where it stands.</summary>
    private static string StatusOf(ReferralState state) =>
        state switch
        {
            ReferralState.New => TaskStatusCodes.Received,
            ReferralState.Declined => TaskStatusCodes.Rejected,
            ReferralState.Completed => TaskStatusCodes.Completed,
            ReferralState.Cancelled => TaskStatusCodes.Cancelled,
            _ => TaskStatusCodes.Accepted,
        };

    private static string ReferenceTo(Incoming message, ServiceRequest request, Referral referral) =>
        message.FullUrlOf(request) is { } url && url.Contains(':', StringComparison.Ordinal) ? url
        : request.Id is { } id ? $"ServiceRequest/{id}"
        : $"ServiceRequest/{referral.Reference}";
}
