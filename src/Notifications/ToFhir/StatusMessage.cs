using System.Security.Cryptography;
using Rms.Core;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;

namespace Rms.Notifications.ToFhir;

/// <summary>What a status message tells.</summary>
/// <param name="Id">MessageHeader.id: the outbox row's, the same at every attempt.</param>
/// <param name="Event">The event's code.</param>
/// <param name="Status">Task.status.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="At">When it was decided.</param>
/// <param name="PublicUrl">The base of our own addresses.</param>
internal sealed record StatusToSend(
    Guid Id,
    string Event,
    string Status,
    string? Reason,
    DateTimeOffset At,
    string PublicUrl
);

/// <summary>
/// A message that tells a source where a referral stands: header, Task, the ServiceRequest that it is based on, the
/// Patient, and the roles of author, requester and performer with what they lead to (guide 0.11.1, MessageDefinition
/// of the Task bundle). Always valid R4, whatever the source sent.
/// </summary>
internal sealed class StatusMessage(
    Referral referral,
    ReferralContent content,
    ListingFound listing,
    ConnectionSettings connection
)
{
    private const string Profiles = "http://ehealthontario.ca/fhir/StructureDefinition/ca-on-eReferral-profile-";
    private const string Extensions = "http://ehealthontario.ca/fhir/StructureDefinition/";
    private const string EventSystem = "https://ehealthontario.ca/fhir/CodeSystem/message-event-code";

    private static readonly Coding TestHealthData = new()
    {
        System = "http://terminology.hl7.org/CodeSystem/v3-ActReason",
        Code = "HTEST",
        Display = "test health data",
    };

    private readonly bool _v11 = referral.GuideVersion == Guide.V11;
    private readonly List<Resource> _resources = [];

    /// <summary>The message's bytes.</summary>
    public byte[] Build(StatusToSend tell)
    {
        var site = Add(
            new Organization
            {
                Id = IdFor("organization"),
                Meta = Profile("Organization"),
                Active = true,
                Name = Clean.Text(listing.SiteName) ?? listing.SiteNumber,
            }
        );
        var performer = Add(Performer(site));
        var patient = Add(new PatientWriter(_v11).Write(content.Patient, IdFor("patient")));
        var requester = Requester(patient);
        var request = Add(Request(patient, requester, performer));
        var task = Add(TaskOf(tell, request, performer));
        var header = Header(tell, task, performer, site);

        var bundle = new Bundle
        {
            Id = IdFor("bundle-" + tell.Id),
            Type = BundleTypeCodes.Message,
            Timestamp = FhirDate.Text(tell.At),
        };
        // The header first, then the Task in focus, then what they refer to.
        foreach (var resource in _resources.Prepend(task).Prepend(header).Distinct())
        {
            if (referral.IsTest)
                (resource.Meta ??= new Meta()).Security.Add(TestHealthData);
            bundle.Entry.Add(
                new BundleEntry
                {
                    FullUrl = $"{tell.PublicUrl}/fhir/{resource.ResourceType}/{resource.Id}",
                    Resource = resource,
                }
            );
        }
        if (referral.IsTest)
            bundle.Meta = new Meta { Security = { TestHealthData } };
        return FhirWriter.Write(bundle);
    }

    private MessageHeader Header(StatusToSend tell, Resource task, Resource performer, Resource site)
    {
        var header = new MessageHeader
        {
            Id = tell.Id.ToString(),
            Meta = Profile("MessageHeader"),
            Event = new Coding
            {
                System = EventSystem,
                Code = tell.Event,
                Display = tell.Event,
            },
            Destination =
            {
                new MessageHeaderDestination
                {
                    Name = Clean.Text(connection.DisplayName),
                    Endpoint = connection.Endpoint!.AbsoluteUri,
                },
            },
            Sender = To(site),
            Author = To(performer),
            Source = new MessageHeaderSource
            {
                Name = Clean.Text(listing.SiteName) ?? listing.SiteNumber,
                Software = "RMS Target",
                Endpoint = tell.PublicUrl + "/fhir/$process-message",
            },
            Focus = { To(task) },
        };
        // v0.10.0 reads the referral's id as a string; v0.11.1's profile has an identifier, but senders give both.
        header.Extension.Add(
            new Extension { Url = Extensions + "ext-id-message-header", Value = new FhirString(referral.Reference) }
        );
        if (_v11)
        {
            header.Extension.Add(
                new Extension { Url = Extensions + "ext-referral-identifier", Value = ReferralIdentifier() }
            );
        }
        return header;
    }

    private FhirTask TaskOf(StatusToSend tell, Resource request, Resource performer)
    {
        var task = new FhirTask
        {
            Id = referral.Id.ToString(),
            Meta = Profile("Task"),
            Identifier =
            {
                new Identifier { System = tell.PublicUrl + "/fhir/NamingSystem/task", Value = referral.Id.ToString() },
            },
            BasedOn = { To(request) },
            Status = tell.Status,
            Intent = TaskIntentCodes.Order,
            Code = new CodeableConcept
            {
                Coding =
                {
                    new Coding { Code = "process-request", Display = "Process Request" },
                },
                Text = "Process Request",
            },
            AuthoredOn = FhirDate.Text(referral.ReceivedAt),
            LastModified = FhirDate.Text(tell.At),
            Owner = To(performer),
        };
        if (Clean.Text(tell.Reason) is { } reason)
        {
            // The guide's articles put the reason into businessStatus; newer clients also read statusReason.
            task.BusinessStatus = new CodeableConcept { Text = reason };
            if (_v11)
                task.StatusReason = new CodeableConcept { Text = reason };
        }
        return task;
    }

    private ServiceRequest Request(Resource patient, Resource? requester, Resource performer)
    {
        var request = new ServiceRequest
        {
            Id = Clean.Id(referral.Reference) ?? IdFor("request"),
            Meta = Profile("ServiceRequest"),
            Status =
                referral.State == ReferralState.Revoked
                    ? RequestStatusCodes.Revoked
                    : Clean.Of(RequestStatusCodes.All, content.Request.Status) ?? RequestStatusCodes.Active,
            Intent = RequestIntentCodes.Proposal,
            Priority = Clean.Of(RequestPriorityCodes.All, content.Request.Priority),
            Code = Concept([content.Request.Service, .. content.Request.ServiceCodes]),
            Subject = To(patient),
            AuthoredOn = Clean.DateTime(content.Request.AuthoredOn),
            Requester = requester is null ? null : To(requester),
            Performer = { To(performer) },
        };
        // All identifiers that were submitted are given back.
        request.Identifier.AddRange(
            content.Request.Identifiers.Select(PatientWriter.Identifier).Where(i => i.Value is not null)
        );
        if (request.Identifier.Count == 0)
            request.Identifier.Add(ReferralIdentifier());
        request.Category.AddRange(content.Request.Categories.Select(c => Concept([c])).OfType<CodeableConcept>());
        return request;
    }

    private PractitionerRole Performer(Resource site)
    {
        var role = new PractitionerRole
        {
            Id = IdFor("performer"),
            Meta = Profile("PractitionerRole"),
            Active = true,
            Organization = To(site),
        };
        role.Identifier.AddRange(content.Performer.Select(PatientWriter.Identifier).Where(i => i.Value is not null));
        if (role.Identifier.Count == 0)
        {
            role.Identifier.Add(
                new Identifier
                {
                    System = connection.NamingSystem + "id-referral-target-reference",
                    Value = listing.Reference,
                }
            );
        }
        return role;
    }

    /// <summary>The requester's role with its practitioner; the patient of a self-referral; null when nobody is known.</summary>
    private Resource? Requester(Resource patient)
    {
        // Whom we put in for nobody is no person of the source's.
        if (content.Requester is not { FromConnection: false } requester)
            return null;
        if (requester.IsPatient)
            return patient;
        var practitioner = new Practitioner { Id = IdFor("requester-practitioner"), Meta = Profile("Practitioner") };
        practitioner.Identifier.AddRange(
            requester.Identifiers.Select(PatientWriter.Identifier).Where(i => i.Value is not null)
        );
        var name = new HumanName { Family = Clean.Text(requester.Family ?? requester.Name) };
        name.Given.AddRange(requester.Given.Select(Clean.Text).OfType<string>());
        if (name.Family is not null || name.Given.Count > 0)
            practitioner.Name.Add(name);
        Add(practitioner);
        var role = new PractitionerRole
        {
            Id = IdFor("requester"),
            Meta = Profile("PractitionerRole"),
            Practitioner = To(practitioner),
        };
        role.Telecom.AddRange(requester.Telecoms.Select(PatientWriter.Telecom).OfType<Rms.Fhir.Model.ContactPoint>());
        return Add(role);
    }

    private Identifier ReferralIdentifier()
    {
        var given = content.Request.Identifiers.FirstOrDefault(i => i.Value == referral.Reference);
        return new Identifier
        {
            System = Clean.Uri(given?.System) ?? connection.NamingSystem + "id-ereferral-reference",
            Value = referral.Reference,
        };
    }

    private static CodeableConcept? Concept(IReadOnlyList<Code?> codes)
    {
        var concept = new CodeableConcept();
        foreach (var code in codes.OfType<Code>())
        {
            var coding = new Coding
            {
                System = Clean.Uri(code.System),
                Code = Clean.Code(code.Value),
                Display = Clean.Text(code.Display),
            };
            if ((coding.System ?? coding.Code ?? coding.Display) is not null)
                concept.Coding.Add(coding);
        }
        return concept.Coding.Count == 0 ? null : concept;
    }

    /// <summary>The profile's version that sources of each guide version give and expect (profiles.md).</summary>
    private Meta Profile(string type) =>
        new()
        {
            Profile =
            {
                Profiles
                    + type
                    + (_v11 && type is "MessageHeader" or "ServiceRequest" or "Patient" ? "|1.0.1" : "|1.0.0"),
            },
        };

    private T Add<T>(T resource)
        where T : Resource
    {
        _resources.Add(resource);
        return resource;
    }

    private static Reference To(Resource resource) =>
        new() { ReferenceValue = $"{resource.ResourceType}/{resource.Id}" };

    /// <summary>An id of a part of this referral: the same in every message about it, and of no meaning.</summary>
    private string IdFor(string part)
    {
        var hash = SHA256.HashData([.. referral.Id.ToByteArray(), .. System.Text.Encoding.UTF8.GetBytes(part)]);
        return new Guid(hash.AsSpan(0, 16)).ToString();
    }
}
