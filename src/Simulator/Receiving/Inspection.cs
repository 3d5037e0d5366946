using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.State;
using static Rms.Simulator.Receiving.BundleView;

namespace Rms.Simulator.Receiving;

/// <summary>
/// Looks at a message from the target as a source would, and a little harder: errors are what a source refuses,
/// warnings what it lets pass though the guide says otherwise. All findings are collected.
/// </summary>
internal sealed class Inspection
{
    /// <summary>Events that a target sends, and the type of resource that each is about.</summary>
    private static readonly Dictionary<string, string[]> EventsV010 = new()
    {
        ["notify-update-status"] = ["Task"],
        ["notify-add-appointment"] = ["Appointment"],
        ["notify-update-appointment"] = ["Appointment"],
        ["send-communication-from-provider"] = ["Communication"],
        ["update-service-request"] = ["ServiceRequest"],
        ["notify-add-service-request"] = ["ServiceRequest"],
        ["notify-update-service-request"] = ["ServiceRequest"],
        ["notify-update-service-requests"] = ["ServiceRequest"],
    };

    private static readonly Dictionary<string, string[]> EventsV011 = new()
    {
        ["notify-add-process-request"] = ["Task"],
        ["notify-update-process-request"] = ["Task", "Appointment", "ServiceRequest"],
        ["notify-add-appointment"] = ["Appointment"],
        ["notify-update-appointment"] = ["Appointment"],
        ["send-communication-from-provider"] = ["Communication"],
        ["notify-data-correction"] = ["ServiceRequest"],
    };

    private readonly BundleView view;
    private readonly GuideVersion version;
    private readonly Referral? referral;
    private readonly List<Finding> findings = [];

    private Inspection(BundleView view, GuideVersion version, Referral? referral)
    {
        this.view = view;
        this.version = version;
        this.referral = referral;
    }

    /// <param name="referral">The referral that the message names; null when this source does not know it.</param>
    /// <returns>Errors first.</returns>
    public static IReadOnlyList<Finding> Inspect(BundleView view, GuideVersion version, Referral? referral)
    {
        var inspection = new Inspection(view, version, referral);
        inspection.Envelope();
        if (view.Header is { } header)
        {
            inspection.Header(header);
            inspection.Focus(header);
            inspection.Company(header);
        }

        JsonRules.Check(view, inspection.findings);
        return
        [
            .. inspection
                .findings.Distinct()
                .OrderBy(f =>
                    f.IsError ? 0
                    : f.Severity == "warning" ? 1
                    : 2
                ),
        ];
    }

    private void Envelope()
    {
        if (Text(view.Bundle, "resourceType") != "Bundle" || Text(view.Bundle, "type") != "message")
        {
            Error("structure", "Bundle", "This is not a Bundle of type message.");
            return;
        }

        if (Text(view.Bundle, "timestamp") is null)
        {
            Error("required", "Bundle.timestamp", "The Bundle has no timestamp.");
        }

        if (view.Header is null)
        {
            Error("structure", "Bundle.entry[0]", "The first entry is not a MessageHeader.");
        }

        foreach (var entry in view.Entries.Where(e => e.Resource is null || e.Type is null))
        {
            Error("structure", entry.Path, "The entry holds no resource.");
        }

        foreach (var entry in view.Entries.Skip(1).Where(e => e.Type == "MessageHeader"))
        {
            Error("structure", entry.Path, "There is a second MessageHeader.");
        }

        foreach (var twice in view.Entries.GroupBy(e => e.FullUrl).Where(g => g.Key is not null && g.Count() > 1))
        {
            Error("invalid", $"Bundle.entry[{twice.Last().Index}].fullUrl", $"The fullUrl {twice.Key} occurs twice.");
        }
    }

    private void Header(JsonObject header)
    {
        const string At = "Bundle.entry[0].resource";
        Profile(view.Entries[0], mandatory: true);
        if (Text(header, "id") is null)
        {
            Error("required", $"{At}.id", "MessageHeader.id is required.");
        }

        var system = Text(header["eventCoding"], "system");
        if (view.Event is not { } code)
        {
            Error("required", $"{At}.eventCoding.code", "MessageHeader.eventCoding.code is required.");
        }
        else if (!Known.ContainsKey(code))
        {
            Error("not-supported", $"{At}.eventCoding.code", $"A target does not send {code} under v{version.Name}.");
        }

        if (system is not (Uris.EventSystem or "http://ehealthontario.ca/fhir/CodeSystem/message-event-code"))
        {
            Error("value", $"{At}.eventCoding.system", $"The event's code system is not {Uris.EventSystem}.");
        }

        if (Text(header["source"], "endpoint") is null)
        {
            Error("required", $"{At}.source.endpoint", "MessageHeader.source.endpoint is required.");
        }

        if (!header["destination"].Items().Any(d => Text(d, "endpoint") is not null))
        {
            Warn("required", $"{At}.destination", "No destination with an endpoint.");
        }

        var wanted = version.IsV010 ? Uris.ReferralIdText : Uris.ReferralIdentifier;
        if (!header["extension"].Items().Any(e => Text(e, "url") == wanted))
        {
            Warn("required", $"{At}.extension", $"The referral id is not in {wanted}.");
        }

        if (view.Referral is null)
        {
            Error("required", $"{At}.extension", "The message names no referral.");
        }
        else if (referral is null)
        {
            Error("not-found", $"{At}.extension", "Unknown referral.");
        }
        else if (referral.Version != version.Name)
        {
            Error("forbidden", $"{At}.extension", "The referral belongs to another connection.");
        }
    }

    private void Focus(JsonObject header)
    {
        var focus = header["focus"].Items().ToList();
        if (focus.Count == 0)
        {
            Error("required", "Bundle.entry[0].resource.focus", "MessageHeader.focus is required.");
        }

        for (var i = 0; i < focus.Count; i++)
        {
            var at = $"Bundle.entry[0].resource.focus[{i}]";
            if (view.Resolve(focus[i]) is not { Resource: not null } entry)
            {
                Error("not-found", at, "The focus is not in the Bundle.");
            }
            else if (Known.TryGetValue(view.Event ?? "", out var types) && !types.Contains(entry.Type))
            {
                Error("value", at, $"{view.Event} is about {string.Join(" or ", types)}, not {entry.Type}.");
            }
            else
            {
                FocusRules.Check(view, entry, version, referral, findings);
            }
        }
    }

    /// <summary>The resources that must come along: what the focus is based on, the patient, and the roles.</summary>
    private void Company(JsonObject header)
    {
        Role("Bundle.entry[0].resource.author", header["author"], optional: referral?.Draft.Requester is null);
        if (view.Entries.FirstOrDefault(e => e.Type == "ServiceRequest") is not { } request)
        {
            Error("required", "Bundle", "The ServiceRequest is not in the Bundle.");
            return;
        }

        var identified = request
            .Resource!["identifier"]
            .Items()
            .Any(i => Text(i, "value") == view.Referral && view.Referral is not null);
        if (!identified)
        {
            Warn("value", $"{request.Path}.identifier", "The ServiceRequest's identifiers lack the referral id.");
        }

        if (view.Resolve(request.Resource["subject"])?.Type != "Patient")
        {
            Error("required", $"{request.Path}.subject", "ServiceRequest.subject leads to no Patient in the Bundle.");
        }

        var requester = view.Resolve(request.Resource["requester"]);
        if (requester?.Type != "Patient")
        {
            Role($"{request.Path}.requester", request.Resource["requester"], optional: false);
        }

        var performers = request.Resource["performer"].Items().ToList();
        if (performers.Count == 0)
        {
            Error("required", $"{request.Path}.performer", "ServiceRequest.performer is missing.");
        }

        for (var i = 0; i < performers.Count; i++)
        {
            Role($"{request.Path}.performer[{i}]", performers[i], optional: false);
        }

        foreach (var entry in view.Entries.Skip(1))
        {
            Profile(entry, mandatory: false);
        }

        if (referral?.Draft.TestData == true && !IsTest(view.Bundle))
        {
            Warn(
                "business-rule",
                "Bundle.meta.security",
                "The referral is test data, but the answer is not marked HTEST."
            );
        }
    }

    private void Role(string at, JsonNode? reference, bool optional)
    {
        if (reference is null && optional)
        {
            return;
        }

        if (view.Resolve(reference) is not { Type: "PractitionerRole" } role)
        {
            Error("required", at, $"{at[(at.LastIndexOf('.') + 1)..]} leads to no PractitionerRole in the Bundle.");
            return;
        }

        var resource = role.Resource!;
        if (
            !resource.ContainsKey("organization")
            && !resource.ContainsKey("location")
            && !resource.ContainsKey("practitioner")
        )
        {
            Warn(
                "business-rule",
                role.Path,
                "The PractitionerRole references no Organization, Location or Practitioner."
            );
        }
    }

    private void Profile(Entry entry, bool mandatory)
    {
        if (entry.Type is null or "Binary")
        {
            return;
        }

        var canonical = $"{Uris.Profile}{entry.Type}";
        var expected = $"{canonical}|{version.ProfileVersion(entry.Type)}";
        var given = entry
            .Resource!["meta"]
            .At("profile")
            .Items()
            .Select(p => p?.ToString().Replace("%7C", "|"))
            .ToList();
        if (given.Contains(expected))
        {
            return;
        }

        var text =
            given.Count == 0
                ? $"meta.profile is missing; expected {expected}."
                : $"meta.profile is {string.Join(", ", given)}; expected {expected}.";
        findings.Add(new Finding(mandatory ? "error" : "warning", "value", $"{entry.Path}.meta.profile", text));
    }

    private Dictionary<string, string[]> Known => version.IsV010 ? EventsV010 : EventsV011;

    private static bool IsTest(JsonObject resource) =>
        resource["meta"].At("security").Items().Any(s => Text(s, "code") == "HTEST");

    private void Error(string code, string where, string text) => findings.Add(new Finding("error", code, where, text));

    private void Warn(string code, string where, string text) =>
        findings.Add(new Finding("warning", code, where, text));
}
