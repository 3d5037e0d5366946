using Rms.Core;
using Rms.Directories;
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
        var asks = request.Requester;
        var requester = People.Read(message, asks, patient);
        if (requester is null)
        {
            asks = message.Header.Author;
            requester = People.Read(message, asks, patient);
        }
        var submitter = Submitter(message, request, asks, patient);
        return new ReferralContent(
            patient is null
                ? PatientDetails.Empty
                : PatientReader.Read(patient) with
                {
                    EmailConsent = ConsentReader.Read(message, patient),
                },
            Request(message, request),
            requester,
            People.Read(message, submitter, patient),
            Copied(message, request, patient),
            FormReader.Read(message),
            [.. Attachments(message)],
            [.. SupportingReader.Read(message)]
        )
        {
            Performer = [.. message.Performer.Select(PatientReader.Identifier)],
            Authorizer = People.AreSame(message, message.Header.Author, asks, patient)
                ? null
                : People.Read(message, message.Header.Author, patient),
        };
    }

    /// <summary>
    /// The same with what the listing and the connection add: fields of ours that the form's answers fill, and who asks
    /// when the message names nobody.
    /// </summary>
    public static ReferralContent Read(Incoming message, ListingFound listing, ConnectionSettings connection)
    {
        var content = FormFields.Fill(Read(message), listing.FormMapping);
        return content.Requester is null && connection.RequesterName is { } name
            ? content with
            {
                Requester = new Clinician(name, null, [], [], null, IsPatient: false) { FromConnection = true },
            }
            : content;
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
    private static F.Reference? Submitter(
        Incoming message,
        F.ServiceRequest request,
        F.Reference? requester,
        F.Patient? patient
    )
    {
        if (message.Resolve<F.Resource>(message.Header.Sender) is F.PractitionerRole or F.Practitioner)
        {
            return People.AreSame(message, message.Header.Sender, requester, patient) ? null : message.Header.Sender;
        }
        var named = request
            .Performer.Concat(request.Extension.Select(e => e.Value).OfType<F.Reference>())
            .Concat(message.Header.Destination.Select(d => d.Receiver).OfType<F.Reference>())
            .Concat(patient?.GeneralPractitioner ?? [])
            .Append(message.Header.Author)
            .Append(requester)
            .Select(r => message.Resolve<F.Resource>(r))
            .ToList();
        return message
            .All<F.PractitionerRole>()
            .Where(r => r.Practitioner is not null && !named.Contains(r))
            .Select(r => new F.Reference { ReferenceValue = message.FullUrlOf(r) ?? "PractitionerRole/" + r.Id })
            .FirstOrDefault(r => !People.AreSame(message, r, requester, patient));
    }

    private static RequestDetails Request(Incoming message, F.ServiceRequest request)
    {
        var services = request.Code is null ? [] : Codes.All(request.Code).ToList();
        var sent = request
            .ReasonCode.Select(Codes.Sent)
            .Concat(request.ReasonReference.Select(r => Codes.Sent(ReasonOf(message, r)) ?? r.Display))
            .OfType<string>()
            .ToList();
        var reasons = sent.Select(r => PlainText.Of(r)!).ToList();
        return new RequestDetails(
            request.Status,
            request.Priority,
            request.AuthoredOn,
            [.. request.Category.SelectMany(Codes.All)],
            services.FirstOrDefault(),
            [.. request.OrderDetail.Select(Codes.Text).OfType<string>()],
            [.. reasons.Where(r => r.Length > 0)],
            [.. request.Note.Select(n => Note(message, n)).OfType<RequestNote>()],
            [.. request.Identifier.Select(PatientReader.Identifier)]
        )
        {
            ServiceCodes = [.. services.Skip(1)],
            // The reason's own text stands above: here a code has its own name.
            ReasonCodes =
            [
                .. request
                    .ReasonCode.Concat(
                        request.ReasonReference.Select(r => ReasonOf(message, r)).OfType<F.CodeableConcept>()
                    )
                    .SelectMany(c => c.Coding)
                    .Where(c => c.Code is not null)
                    .Select(c => new Code(c.System, c.Code, PlainText.Of(c.Display)))
                    .Distinct(),
            ],
            ReasonsAsSent = [.. sent.Zip(reasons).Where(r => r.First.Trim() != r.Second).Select(r => r.First)],
            Readiness = [.. request.Extension.Select(Readiness).OfType<ReadinessDates>()],
        };
    }

    private static F.CodeableConcept? ReasonOf(Incoming message, F.Reference reference) =>
        message.Resolve<F.Resource>(reference) switch
        {
            F.Condition condition => condition.Code,
            F.Observation observation => observation.Code,
            F.UnknownResource other => Unmodelled.Concept(other, "code"),
            _ => null,
        };

    /// <summary>
    /// DART or DARC (dates affecting readiness to treat or consult). The extension's URL differs between the guides'
    /// versions; its last part is darc or dart, with or without -ext.
    /// </summary>
    private static ReadinessDates? Readiness(F.Extension extension)
    {
        var kind =
            Incoming.Ends(extension.Url, "dart") || Incoming.Ends(extension.Url, "dart-ext") ? "DART"
            : Incoming.Ends(extension.Url, "darc") || Incoming.Ends(extension.Url, "darc-ext") ? "DARC"
            : null;
        if (kind is null)
            return null;
        var period = extension.Value as F.Period;
        var read = new ReadinessDates(
            kind,
            Text("startdate") ?? period?.Start,
            Text("enddate") ?? period?.End,
            [.. extension.Extension.Where(e => Incoming.Ends(e.Url, "codes")).SelectMany(Reasons)]
        );
        return read is { Start: null, End: null, Reasons.Count: 0 } ? null : read;

        string? Text(string end) =>
            (extension.Extension.Find(e => Incoming.Ends(e.Url, end))?.Value as F.FhirPrimitive)?.Text;

        static IEnumerable<Code> Reasons(F.Extension codes) =>
            codes.Value switch
            {
                F.CodeableConcept concept => Codes.All(concept),
                F.Coding coding => [new Code(coding.System, coding.Code, coding.Display)],
                F.FhirPrimitive { Text: { } text } => [new Code(null, null, text)],
                _ => [],
            };
    }

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
        concept.Coding.Count > 0
            ? concept.Coding.Select(c => new Code(c.System, c.Code, PlainText.Of(concept.Text ?? c.Display)))
        : concept.Text is null ? []
        : [new Code(null, null, PlainText.Of(concept.Text))];

    /// <summary>A concept in words, without mark-up: its text, a display, else a code.</summary>
    public static string? Text(F.CodeableConcept? concept) => PlainText.Of(Sent(concept));

    /// <summary>The same as it was sent.</summary>
    public static string? Sent(F.CodeableConcept? concept) =>
        concept?.Text
        ?? concept?.Coding.Select(c => c.Display).FirstOrDefault(d => d is not null)
        ?? concept?.Coding.Select(c => c.Code).FirstOrDefault(c => c is not null);
}
