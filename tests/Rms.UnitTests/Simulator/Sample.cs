using System.Text.Json.Nodes;
using Rms.Simulator;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.State;
using Xunit;

namespace Rms.UnitTests.Simulator;

/// <summary>Messages to test with: what the simulator sends, and what a well-behaved target answers.</summary>
internal static class Sample
{
    public const string Self = "http://source.test";
    public const string Target = "http://target.test";
    public const string Referral = "5b7d6a3e-0c3f-4b6e-9a51-2f0f3f6f1c11";

    public static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 30, 0, TimeSpan.FromHours(-5));

    public static Draft Draft(Scenario? scenario = null, Listing? listing = null, int seed = 7) =>
        Drafting.Draft(listing ?? Listing.Cardiology, scenario ?? Scenario.Ordinary, new Random(seed), Now);

    public static JsonObject Sent(
        GuideVersion version,
        Draft? draft = null,
        News? news = null,
        Listing? listing = null
    ) =>
        MessageWriter.Write(
            version,
            news ?? News.Add,
            Referral,
            listing ?? Listing.Cardiology,
            draft ?? Draft(),
            "0d2a41f3-53a9-4f0e-8a3e-4b6c1d1f0a01",
            Now,
            Self,
            Target
        );

    /// <summary>One of each kind that a source has to tell.</summary>
    public static IReadOnlyList<News> EveryNews { get; } =
    [
        News.Add,
        new(SourceEvent.Update, "Priority changed"),
        new(SourceEvent.Correct, "Demographics corrected"),
        new(SourceEvent.Revoke, "Consent withdrawn"),
        new(SourceEvent.Write, Text: "Has the date changed? <b>Thank you</b> & regards, é"),
    ];

    public static Referral Known(GuideVersion version, Draft? draft = null) =>
        new()
        {
            Ref = Referral,
            Version = version.Name,
            Listing = Listing.Cardiology.Id,
            Scenario = "ordinary",
            Draft = draft ?? Draft(),
            CreatedAt = Now,
            Shows = Folder.Sent,
        };

    /// <summary>A Task message as the guide wants it: header, Task, ServiceRequest, Patient and both roles.</summary>
    public static JsonObject TaskMessage(
        GuideVersion version,
        string status,
        string? eventCode = null,
        string referral = Referral,
        string? reason = null
    )
    {
        var task = Resource("Task", "task-1", version);
        task["basedOn"] = new JsonArray(Json.Reference($"ServiceRequest/{referral}"));
        task["status"] = status;
        task["intent"] = "order";
        task["code"] = Json.Concept(Json.Coding(null, "process-request"));
        task["owner"] = Json.Reference("PractitionerRole/performer");
        if (reason is not null)
        {
            task["businessStatus"] = Json.Object(("text", reason));
        }

        return Message(
            version,
            eventCode ?? (version.IsV010 ? "notify-update-status" : "notify-update-process-request"),
            referral,
            task
        );
    }

    public static JsonObject AppointmentMessage(
        GuideVersion version,
        string status,
        string patientStatus,
        string? start = "2026-12-04T11:00:00-05:00"
    )
    {
        var appointment = Resource("Appointment", "appointment-1", version);
        appointment["status"] = status;
        if (start is not null)
        {
            appointment["start"] = start;
            appointment["end"] = "2026-12-04T11:30:00-05:00";
        }

        appointment["basedOn"] = new JsonArray(Json.Reference($"ServiceRequest/{Referral}"));
        appointment["participant"] = new JsonArray(
            Json.Object(("actor", Json.Reference("Patient/patient")), ("status", patientStatus))
        );
        return Message(version, "notify-add-appointment", Referral, appointment);
    }

    public static JsonObject CommunicationMessage(GuideVersion version, string text)
    {
        var communication = Resource("Communication", "communication-1", version);
        communication["basedOn"] = new JsonArray(Json.Reference($"ServiceRequest/{Referral}"));
        communication["status"] = "completed";
        communication["sender"] = Json.Reference("PractitionerRole/performer");
        communication["payload"] = new JsonArray(Json.Object(("contentString", text)));
        return Message(version, "send-communication-from-provider", Referral, communication);
    }

    public static JsonObject Resource(JsonObject message, string type) =>
        message["entry"]!
            .AsArray()
            .Select(e => e!["resource"]!.AsObject())
            .First(r => (string?)r["resourceType"] == type);

    public static IEnumerable<JsonObject> Resources(JsonObject message) =>
        message["entry"]!.AsArray().Select(e => e!["resource"]!.AsObject());

    private static JsonObject Message(GuideVersion version, string eventCode, string referral, JsonObject focus)
    {
        var type = (string)focus["resourceType"]!;
        var header = Resource("MessageHeader", Ids.New(), version);
        header["extension"] = new JsonArray(
            version.IsV010
                ? Json.Object(("url", Uris.ReferralIdText), ("valueString", referral))
                : Json.Object(
                    ("url", Uris.ReferralIdentifier),
                    ("valueIdentifier", Json.Identifier(Uris.ReferralReference, referral))
                )
        );
        header["eventCoding"] = Json.Coding(Uris.EventSystem, eventCode, eventCode);
        header["destination"] = new JsonArray(Json.Object(("endpoint", Self)));
        header["author"] = Json.Reference("PractitionerRole/performer");
        header["source"] = Json.Object(("endpoint", $"{Target}/fhir/$process-message"));
        header["focus"] = new JsonArray(Json.Reference($"{type}/{focus["id"]}"));

        var request = Resource("ServiceRequest", referral, version);
        request["identifier"] = new JsonArray(Json.Identifier(Uris.ReferralReference, referral));
        request["status"] = "active";
        request["intent"] = "proposal";
        request["subject"] = Json.Reference("Patient/patient");
        request["requester"] = Json.Reference("PractitionerRole/requester");
        request["performer"] = new JsonArray(Json.Reference("PractitionerRole/performer"));
        return new JsonObject
        {
            ["resourceType"] = "Bundle",
            ["type"] = "message",
            ["timestamp"] = "2026-11-20T09:40:00-05:00",
            ["entry"] = new JsonArray(
                Entry(header),
                Entry(focus),
                Entry(request),
                Entry(Resource("Patient", "patient", version)),
                Entry(Role("requester", version)),
                Entry(Role("performer", version)),
                Entry(Resource("Organization", "target", version))
            ),
        };
    }

    private static JsonObject Role(string id, GuideVersion version)
    {
        var role = Resource("PractitionerRole", id, version);
        role["organization"] = Json.Reference("Organization/target");
        return role;
    }

    private static JsonObject Resource(string type, string id, GuideVersion version) =>
        Json.Object(
            ("resourceType", type),
            ("id", id),
            ("meta", Json.Object(("profile", Json.List($"{Uris.Profile}{type}|{version.ProfileVersion(type)}"))))
        );

    private static JsonObject Entry(JsonObject resource) =>
        Json.Object(("fullUrl", $"{Target}/fhir/{resource["resourceType"]}/{resource["id"]}"), ("resource", resource));
}
