using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.State;
using static Rms.Simulator.Receiving.BundleView;

namespace Rms.Simulator.Receiving;

/// <summary>What a source demands of the Task, Appointment or Communication that a message is about.</summary>
internal sealed class FocusRules
{
    private static readonly string[] AppointmentStatuses =
    [
        "proposed",
        "pending",
        "booked",
        "arrived",
        "fulfilled",
        "cancelled",
        "noshow",
        "entered-in-error",
        "checked-in",
        "waitlist",
    ];

    private readonly BundleView view;
    private readonly Entry entry;
    private readonly JsonObject resource;
    private readonly GuideVersion version;
    private readonly Referral? referral;
    private readonly List<Finding> findings;

    private FocusRules(BundleView view, Entry entry, GuideVersion version, Referral? referral, List<Finding> findings)
    {
        this.view = view;
        this.entry = entry;
        resource = entry.Resource!;
        this.version = version;
        this.referral = referral;
        this.findings = findings;
    }

    public static void Check(
        BundleView view,
        Entry entry,
        GuideVersion version,
        Referral? referral,
        List<Finding> findings
    )
    {
        var rules = new FocusRules(view, entry, version, referral, findings);
        switch (entry.Type)
        {
            case "Task":
                rules.Task();
                break;
            case "Appointment":
                rules.Appointment();
                break;
            case "Communication":
                rules.Communication();
                break;
        }
    }

    private void Task()
    {
        Based(resource["basedOn"].Items().FirstOrDefault());
        var status = Text(resource, "status");
        if (status is null)
        {
            Error("required", "status", "Task.status is required.");
        }
        else if (Folder.For(status) is null)
        {
            Error("value", "status", $"Task.status {status} is not one that this source takes.");
        }

        if (Text(resource, "intent") is null)
        {
            Error("required", "intent", "Task.intent is required.");
        }

        var codes = resource["code"].At("coding").Items().Select(c => Text(c, "code"));
        if (!codes.Any(c => c is "process-request" or "process-request-consult"))
        {
            Warn("value", "code", "Task.code is not process-request.");
        }

        if (view.Resolve(resource["owner"]) is null)
        {
            Warn("required", "owner", "Task.owner leads to nothing in the Bundle.");
        }

        Move(status);
    }

    /// <summary>Whether the referral may go where the status would put it.</summary>
    private void Move(string? status)
    {
        if (referral is null || Folder.For(status) is not { } folder)
        {
            return;
        }

        if (referral.Shows == Folder.Cancelled)
        {
            Error("business-rule", "status", "The sender cancelled the referral; its status cannot be changed.");
            return;
        }

        // With an Appointment in the same focus the Task only keeps it company.
        var alone = !view.Header!["focus"].Items().Any(f => view.Resolve(f)?.Type == "Appointment");
        if (alone && referral.TaskStatus is not null && referral.Shows == folder)
        {
            Error("business-rule", "status", "Referral is already in the requested status");
        }

        if (version.IsV010)
        {
            return;
        }

        if (view.Event == "notify-add-process-request" && referral.ProcessRequestAdded)
        {
            Warn("business-rule", "status", "notify-add-process-request has come before; an update was expected.");
        }
        else if (view.Event != "notify-add-process-request" && !referral.ProcessRequestAdded)
        {
            Warn("business-rule", "status", "notify-add-process-request was expected first.");
        }
    }

    private void Appointment()
    {
        Based(resource["basedOn"].Items().FirstOrDefault());
        var status = Text(resource, "status");
        var start = Text(resource, "start");
        if (!AppointmentStatuses.Contains(status))
        {
            Error(
                "value",
                "status",
                status is null ? "Appointment.status is required." : $"No status {status} is known."
            );
        }

        if (start is null != Text(resource, "end") is null)
        {
            Error("invariant", "start", "Appointment.start and end must come together (app-2).");
        }

        if (start is null && status is not ("proposed" or "cancelled" or "waitlist"))
        {
            Error("invariant", "start", $"An Appointment that is {status} needs start and end (app-3).");
        }

        if (resource.ContainsKey("cancelationReason") && status is not ("cancelled" or "noshow"))
        {
            Error("invariant", "cancelationReason", "Only a cancelled Appointment has a cancelationReason (app-4).");
        }

        var participants = resource["participant"].Items().ToList();
        if (participants.Count == 0)
        {
            Error("required", "participant", "Appointment.participant is required.");
        }

        for (var i = 0; i < participants.Count; i++)
        {
            if (Text(participants[i], "status") is null)
            {
                Error("required", $"participant[{i}].status", "A participant needs a status.");
            }

            if (participants[i].At("type") is null && participants[i].At("actor") is null)
            {
                Error("invariant", $"participant[{i}]", "A participant needs a type or an actor (app-1).");
            }

            if (participants[i].At("actor") is { } actor && view.Resolve(actor) is null)
            {
                Warn("not-found", $"participant[{i}].actor", "The actor is not in the Bundle.");
            }
        }

        if (referral?.Shows == Folder.Cancelled)
        {
            Error("business-rule", "status", "The sender cancelled the referral.");
        }

        if (!version.IsV010 && view.Event == "notify-update-appointment")
        {
            Warn("business-rule", "status", "The guide has no notify-update-appointment; taken all the same.");
        }
    }

    private void Communication()
    {
        Based(resource["basedOn"].Items().FirstOrDefault());
        if (Text(resource, "status") is null)
        {
            Error("required", "status", "Communication.status is required.");
        }

        if (resource["payload"].Items().FirstOrDefault() is null)
        {
            Error("required", "payload", "The Communication says nothing.");
        }

        if (Text(resource["sender"], "reference") is null)
        {
            Warn("required", "sender", "Communication.sender has no reference.");
        }
    }

    private void Based(JsonNode? reference)
    {
        if (reference is null)
        {
            Error("required", "basedOn", $"{entry.Type}.basedOn is required.");
        }
        else if (view.Resolve(reference)?.Type != "ServiceRequest")
        {
            Error("not-found", "basedOn", $"{entry.Type}.basedOn leads to no ServiceRequest in the Bundle.");
        }
    }

    private void Error(string code, string member, string text) =>
        findings.Add(new Finding("error", code, $"{entry.Path}.{member}", text));

    private void Warn(string code, string member, string text) =>
        findings.Add(new Finding("warning", code, $"{entry.Path}.{member}", text));
}
