using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.Receiving;
using Rms.Simulator.State;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class InspectionTests
{
    public static TheoryData<string> BothVersions() => [.. GuideVersion.All.Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(BothVersions))]
    public void A_message_as_the_guide_wants_it_has_nothing_to_find(string name)
    {
        var version = GuideVersion.Find(name)!;
        var known = Sample.Known(version) with { ProcessRequestAdded = true };

        Find(Sample.TaskMessage(version, "accepted"), known).ShouldBeEmpty();
        Find(Sample.AppointmentMessage(version, "booked", "accepted"), known).ShouldBeEmpty();
        Find(Sample.CommunicationMessage(version, "Please send the ECG."), known).ShouldBeEmpty();
    }

    public static TheoryData<string, string> Faults() =>
        new()
        {
            { "not a message", "This is not a Bundle of type message." },
            { "no header", "The first entry is not a MessageHeader." },
            { "no timestamp", "The Bundle has no timestamp." },
            { "unknown event", "A target does not send sing-a-song under v0.11.1." },
            { "wrong profile", "meta.profile is" },
            { "no source", "MessageHeader.source.endpoint is required." },
            { "no focus", "MessageHeader.focus is required." },
            { "dangling focus", "The focus is not in the Bundle." },
            { "focus of another type", "notify-update-process-request is about" },
            { "no task status", "Task.status is required." },
            { "unsupported task status", "Task.status draft is not one that this source takes." },
            { "no intent", "Task.intent is required." },
            { "based on nothing", "Task.basedOn leads to no ServiceRequest in the Bundle." },
            { "no service request", "The ServiceRequest is not in the Bundle." },
            { "no patient", "ServiceRequest.subject leads to no Patient in the Bundle." },
            { "no author role", "author leads to no PractitionerRole in the Bundle." },
            { "no requester role", "requester leads to no PractitionerRole in the Bundle." },
            { "empty list", "A list must not be empty." },
            { "null", "A member must not be null." },
            { "bad id", "a b is not an id that FHIR allows." },
            { "same fullUrl twice", "occurs twice." },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_found_and_is_an_error(string fault, string text)
    {
        var message = Sample.TaskMessage(GuideVersion.V011, "accepted");
        var header = Sample.Resource(message, "MessageHeader");
        var task = Sample.Resource(message, "Task");
        var request = Sample.Resource(message, "ServiceRequest");
        Action spoil = fault switch
        {
            "not a message" => () => message["type"] = "collection",
            "no header" => () => Remove(message, "MessageHeader"),
            "no timestamp" => () => message.Remove("timestamp"),
            "unknown event" => () => header["eventCoding"]!["code"] = "sing-a-song",
            "wrong profile" => () => header["meta"]!["profile"]![0] = $"{Uris.Profile}MessageHeader|1.0.0",
            "no source" => () => header.Remove("source"),
            "no focus" => () => header.Remove("focus"),
            "dangling focus" => () => header["focus"]![0]!["reference"] = "Task/elsewhere",
            "focus of another type" => () => header["focus"]![0]!["reference"] = "Patient/patient",
            "no task status" => () => task.Remove("status"),
            "unsupported task status" => () => task["status"] = "draft",
            "no intent" => () => task.Remove("intent"),
            "based on nothing" => () => task["basedOn"]![0]!["reference"] = "ServiceRequest/elsewhere",
            "no service request" => () => Remove(message, "ServiceRequest"),
            "no patient" => () => Remove(message, "Patient"),
            "no author role" => () => header["author"]!["reference"] = "PractitionerRole/nobody",
            "no requester role" => () => request["requester"]!["reference"] = "PractitionerRole/nobody",
            "empty list" => () => task["note"] = new JsonArray(),
            "null" => () => task["note"] = null,
            "bad id" => () => task["id"] = "a b",
            _ => () => message["entry"]![5]!["fullUrl"] = (string?)message["entry"]![4]!["fullUrl"],
        };
        spoil();

        var findings = Find(message, Sample.Known(GuideVersion.V011));

        findings.Where(f => f.IsError).ShouldContain(f => f.Text.Contains(text), string.Join('\n', findings));
    }

    [Fact]
    public void All_faults_are_found_at_once()
    {
        var message = Sample.TaskMessage(GuideVersion.V010, "draft");
        message.Remove("timestamp");
        Remove(message, "Patient");

        Find(message, Sample.Known(GuideVersion.V010)).Count(f => f.IsError).ShouldBe(3);
    }

    [Fact]
    public void A_referral_that_this_source_never_sent_is_unknown()
    {
        Find(Sample.TaskMessage(GuideVersion.V010, "accepted"), referral: null, GuideVersion.V010)
            .ShouldContain(f => f.IsError && f.Text == "Unknown referral.");
    }

    [Fact]
    public void A_connection_may_not_speak_about_the_referrals_of_another()
    {
        Find(Sample.TaskMessage(GuideVersion.V010, "accepted"), Sample.Known(GuideVersion.V011), GuideVersion.V010)
            .ShouldContain(f => f.IsError && f.Code == "forbidden");
    }

    [Theory]
    [InlineData("accepted", "in-progress")]
    [InlineData("accepted", "accepted")]
    [InlineData("rejected", "cancelled")]
    [InlineData("requested", "received")]
    public void A_status_of_the_folder_that_already_shows_is_refused(string first, string second)
    {
        var version = GuideVersion.V010;
        var known = Apply(Sample.Known(version), Sample.TaskMessage(version, first));

        Find(Sample.TaskMessage(version, second), known)
            .ShouldContain(f => f.IsError && f.Text == "Referral is already in the requested status");
    }

    [Fact]
    public void After_a_booking_was_cancelled_accepted_is_no_news_but_before_it_is()
    {
        var version = GuideVersion.V010;
        var booked = Apply(Sample.Known(version), Sample.TaskMessage(version, "accepted"));
        booked = Apply(booked, Sample.AppointmentMessage(version, "booked", "needs-action"));

        Find(Sample.TaskMessage(version, "accepted"), booked).ShouldBeEmpty();
        var cancelled = Apply(booked, Sample.AppointmentMessage(version, "cancelled", "declined"));
        cancelled.Shows.ShouldBe(Folder.PendingBooking);
        Find(Sample.TaskMessage(version, "accepted"), cancelled).ShouldContain(f => f.IsError);
    }

    [Fact]
    public void Under_v0_11_1_the_process_request_is_expected_to_be_added_first()
    {
        var known = Sample.Known(GuideVersion.V011);

        Find(Sample.TaskMessage(GuideVersion.V011, "accepted"), known)
            .ShouldContain(f => f.Severity == "warning" && f.Text.Contains("expected first"));
        var added = Apply(known, Sample.TaskMessage(GuideVersion.V011, "received", "notify-add-process-request"));
        Find(Sample.TaskMessage(GuideVersion.V011, "accepted"), added).ShouldBeEmpty();
    }

    [Fact]
    public void A_referral_that_the_sender_cancelled_cannot_be_moved()
    {
        var cancelled = Sample.Known(GuideVersion.V010) with { Shows = Folder.Cancelled };

        Find(Sample.TaskMessage(GuideVersion.V010, "accepted"), cancelled).ShouldContain(f => f.IsError);
    }

    [Theory]
    [InlineData("received", Folder.Sent)]
    [InlineData("on-hold", Folder.PendingBooking)]
    [InlineData("rejected", Folder.Declined)]
    [InlineData("completed", Folder.Completed)]
    public void A_task_status_moves_the_referral_to_its_folder(string status, string folder)
    {
        var moved = Apply(
            Sample.Known(GuideVersion.V010),
            Sample.TaskMessage(GuideVersion.V010, status, reason: "why")
        );

        moved.Shows.ShouldBe(folder);
        moved.TaskStatus.ShouldBe(status);
        moved.TaskReason.ShouldBe("why");
    }

    [Fact]
    public void An_appointment_is_confirmed_only_when_the_patient_accepted_it()
    {
        var known = Sample.Known(GuideVersion.V010);

        Apply(known, Sample.AppointmentMessage(GuideVersion.V010, "booked", "needs-action"))
            .Shows.ShouldBe(Folder.Unconfirmed);
        Apply(known, Sample.AppointmentMessage(GuideVersion.V010, "booked", "accepted"))
            .Shows.ShouldBe(Folder.Confirmed);
        Apply(known, Sample.AppointmentMessage(GuideVersion.V010, "proposed", "needs-action", start: null))
            .Shows.ShouldBe(Folder.Sent);
    }

    [Fact]
    public void A_question_waits_for_the_sender()
    {
        var asked = Apply(Sample.Known(GuideVersion.V010), Sample.CommunicationMessage(GuideVersion.V010, "ECG?"));

        asked.Shows.ShouldBe(Folder.AwaitingResponse);
        asked.ShowedBefore.ShouldBe(Folder.Sent);
        asked.Notes.ShouldContain(n => n.Text.Contains("ECG?"));
    }

    [Fact]
    public void An_appointment_needs_start_and_end_together()
    {
        var message = Sample.AppointmentMessage(GuideVersion.V010, "booked", "accepted");
        Sample.Resource(message, "Appointment").Remove("end");

        Find(message, Sample.Known(GuideVersion.V010)).ShouldContain(f => f.IsError && f.Text.Contains("app-2"));
    }

    private static IReadOnlyList<Finding> Find(JsonObject message, Referral? referral, GuideVersion? version = null) =>
        Inspection.Inspect(View(message), version ?? GuideVersion.Find(referral!.Version)!, referral);

    private static Referral Apply(Referral referral, JsonObject message) =>
        Applying.Apply(referral, View(message), Sample.Now);

    private static BundleView View(JsonObject message) => BundleView.Parse(Json.Bytes(message), out _)!;

    private static void Remove(JsonObject message, string type)
    {
        var entries = message["entry"]!.AsArray();
        entries.Remove(entries.First(e => (string?)e!["resource"]!["resourceType"] == type));
    }
}
