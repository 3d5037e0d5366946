using Rms.Core;
using Rms.Fhir;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>Turns a message into our own words: who, what, from whom, with what.</summary>
internal static class ContentReader
{
    /// <summary>What the message says. Nothing in it is required.</summary>
    public static ReferralContent Read(Incoming message)
    {
        var request = message.ServiceRequest ?? new F.ServiceRequest();
        var patient = PatientOf(message, request);
        var requester =
            People.Read(message, request.Requester, patient) ?? People.Read(message, message.Header.Author, patient);
        var submitter = Submitter(message, request);
        return new ReferralContent(
            patient is null ? PatientDetails.Empty : PatientReader.Read(patient),
            Request(message, request),
            requester,
            submitter is null ? null : People.Read(message, submitter, patient),
            Copied(message, request, patient),
            FormReader.Read(message),
            [.. Attachments(message)],
            [.. SupportingReader.Read(message)]
        )
        {
            Performer = [.. message.Performer.Select(PatientReader.Identifier)],
        };
    }

    /// <summary>Whether the patient asks for themselves: ServiceRequest.requester leads to a Patient.</summary>
    public static bool IsSelfReferral(Incoming message) =>
        message.ServiceRequest?.Requester is { } requester
        && (
            message.Resolve<F.Patient>(requester) is not null
            || requester.Type == "Patient"
            || (requester.ReferenceValue?.Contains("Patient/", StringComparison.Ordinal) ?? false)
        );

    /// <summary>routine, urgent, asap, stat; null for anything else.</summary>
    public static string? Priority(Incoming message) =>
        message.ServiceRequest?.Priority is { } priority && F.RequestPriorityCodes.All.Contains(priority)
            ? priority
            : null;

    private static F.Patient? PatientOf(Incoming message, F.ServiceRequest request) =>
        message.Resolve<F.Patient>(request.Subject) ?? message.All<F.Patient>().FirstOrDefault();

    /// <summary>
    /// Who sent it for the requester, when that is somebody else: MessageHeader.sender; where that leads nowhere
    /// (v0.10.0), a role in the bundle with a practitioner that nothing else names.
    /// </summary>
    private static F.Reference? Submitter(Incoming message, F.ServiceRequest request)
    {
        var requester = message.Resolve<F.Resource>(request.Requester ?? message.Header.Author);
        var sender = message.Resolve<F.Resource>(message.Header.Sender);
        if (sender is F.PractitionerRole or F.Practitioner)
            return ReferenceEquals(sender, requester) ? null : message.Header.Sender;
        var named = request
            .Performer.Concat(request.Extension.Select(e => e.Value).OfType<F.Reference>())
            .Concat(message.Header.Destination.Select(d => d.Receiver).OfType<F.Reference>())
            .Select(r => message.Resolve<F.Resource>(r))
            .Append(requester)
            .ToList();
        var other = message
            .All<F.PractitionerRole>()
            .FirstOrDefault(r => r.Practitioner is not null && !named.Contains(r));
        return other is null
            ? null
            : new F.Reference { ReferenceValue = message.FullUrlOf(other) ?? "PractitionerRole/" + other.Id };
    }

    private static RequestDetails Request(Incoming message, F.ServiceRequest request) =>
        new(
            request.Status,
            request.Priority,
            request.AuthoredOn,
            [.. request.Category.SelectMany(Codes.All)],
            request.Code is null ? null : Codes.All(request.Code).FirstOrDefault(),
            [.. request.OrderDetail.Select(Codes.Text).OfType<string>()],
            [.. request.ReasonCode.Select(Codes.Text).OfType<string>().Concat(ReasonReferences(message, request))],
            [.. request.Note.Select(n => Note(message, n)).OfType<RequestNote>()],
            [.. request.Identifier.Select(PatientReader.Identifier)]
        );

    private static IEnumerable<string> ReasonReferences(Incoming message, F.ServiceRequest request) =>
        request
            .ReasonReference.Select(r => Codes.Text(message.Resolve<F.Condition>(r)?.Code) ?? r.Display)
            .OfType<string>();

    private static RequestNote? Note(Incoming message, F.Annotation note)
    {
        if (note.Text is null)
            return null;
        var author = note.Author switch
        {
            F.Reference reference => People.Read(message, reference, null)?.Name,
            F.FhirPrimitive text => text.Text,
            _ => null,
        };
        return new RequestNote(author, note.Time, note.Text, PlainText.Of(note.Text) ?? "");
    }

    private static IReadOnlyList<Clinician> Copied(Incoming message, F.ServiceRequest request, F.Patient? patient) =>
        [
            .. request
                .Extension.Where(e =>
                    e.Url?.Contains("copied", StringComparison.OrdinalIgnoreCase) == true && e.Value is F.Reference
                )
                .Select(e => People.Read(message, (F.Reference)e.Value!, patient))
                .OfType<Clinician>(),
        ];

    private static IEnumerable<AttachmentDetails> Attachments(Incoming message)
    {
        var letter = true;
        foreach (var document in message.All<F.DocumentReference>())
        {
            foreach (var attachment in document.Content.Select(c => c.Attachment).OfType<F.Attachment>())
            {
                yield return new AttachmentDetails(
                    document.Identifier.FirstOrDefault(i => i.Value is not null)?.Value ?? document.Id,
                    attachment.Title ?? document.Description,
                    attachment.ContentType,
                    attachment.Size ?? attachment.Data?.DecodedLength,
                    attachment.Url,
                    attachment.Data is not null,
                    letter,
                    document.Date ?? attachment.Creation
                );
                // The first document of a message is the letter of referral; what follows was attached.
                letter = false;
            }
        }
    }
}

/// <summary>Reads codes.</summary>
internal static class Codes
{
    /// <summary>Every coding; a concept without one by its text.</summary>
    public static IEnumerable<Code> All(F.CodeableConcept concept) =>
        concept.Coding.Count > 0 ? concept.Coding.Select(c => new Code(c.System, c.Code, concept.Text ?? c.Display))
        : concept.Text is null ? []
        : [new Code(null, null, concept.Text)];

    /// <summary>A concept in words: its text, a display, else a code.</summary>
    public static string? Text(F.CodeableConcept? concept) =>
        concept is null
            ? null
            : PlainText.Of(
                concept.Text
                    ?? concept.Coding.Select(c => c.Display).FirstOrDefault(d => d is not null)
                    ?? concept.Coding.Select(c => c.Code).FirstOrDefault(c => c is not null)
            );
}
