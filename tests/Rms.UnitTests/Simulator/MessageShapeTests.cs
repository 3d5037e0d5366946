using System.Text.Json.Nodes;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class MessageShapeTests
{
    public static TheoryData<string, string> EveryVersionAndScenario()
    {
        var data = new TheoryData<string, string>();
        foreach (var version in GuideVersion.All)
        {
            foreach (var scenario in Scenario.All)
            {
                data.Add(version.Name, scenario.Key);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EveryVersionAndScenario))]
    public void Every_reference_but_the_dangling_sender_leads_to_an_entry(string version, string scenario)
    {
        foreach (var message in Messages(version, scenario))
        {
            var names = message["entry"]!
                .AsArray()
                .SelectMany(e =>
                    new[]
                    {
                        (string?)e!["fullUrl"],
                        $"{e["resource"]!["resourceType"]}/{(string?)e["resource"]!["id"]}",
                    }
                )
                .ToHashSet();

            var dangling = References(message).Where(r => !names.Contains(r)).ToList();

            dangling.ShouldBe(version == "0.10.0" ? ["Organization/demo-source"] : []);
        }
    }

    [Theory]
    [MemberData(nameof(EveryVersionAndScenario))]
    public void No_object_list_or_text_is_empty_or_null(string version, string scenario)
    {
        foreach (var message in Messages(version, scenario))
        {
            Hollow(message, "$").ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(EveryVersionAndScenario))]
    public void What_is_sent_breaks_no_rule_of_R4_but_the_two_that_real_sources_break(string version, string scenario)
    {
        foreach (var message in Messages(version, scenario))
        {
            var read = FhirReader.Read<Bundle>(Json.Bytes(message), ReadOptions.Strict);

            // A note without text, and under v0.10.0 an order detail without a code.
            read.Issues.Where(i =>
                    !i.Expression.EndsWith(".note[0].text") && !(version == "0.10.0" && i.Key == "prr-1")
                )
                .ShouldBeEmpty();
        }
    }

    [Fact]
    public void V0_10_0_gives_every_resource_an_id_and_no_entry_a_fullUrl()
    {
        var message = Sample.Sent(GuideVersion.V010);

        message["entry"]!.AsArray().ShouldAllBe(e => !e!.AsObject().ContainsKey("fullUrl"));
        Sample.Resources(message).ShouldAllBe(r => r.ContainsKey("id"));
        References(message).ShouldAllBe(r => r.Split('/').Length == 2);
        Types(message)
            .ShouldBe([
                "MessageHeader",
                "ServiceRequest",
                "Patient",
                "PractitionerRole",
                "Practitioner",
                "Location",
                "PractitionerRole",
                "Location",
                "DocumentReference",
                "QuestionnaireResponse",
            ]);
    }

    [Fact]
    public void V0_11_1_identifies_entries_by_urn_uuid_and_the_header_by_a_bare_id()
    {
        var message = Sample.Sent(GuideVersion.V011);
        var entries = message["entry"]!.AsArray();

        ((string?)entries[0]!["fullUrl"]).ShouldBe((string?)entries[0]!["resource"]!["id"]);
        entries.Skip(1).ShouldAllBe(e => ((string)e!["fullUrl"]!).StartsWith("urn:uuid:"));
        Sample.Resources(message).Skip(1).ShouldAllBe(r => !r.ContainsKey("id"));
        Types(message)
            .ShouldBe([
                "MessageHeader",
                "Patient",
                "PractitionerRole",
                "PractitionerRole",
                "Practitioner",
                "Location",
                "Location",
                "DocumentReference",
                "ServiceRequest",
                "QuestionnaireResponse",
            ]);
    }

    [Fact]
    public void The_referral_id_stands_in_the_header_as_each_version_has_it()
    {
        var old = Sample.Resource(Sample.Sent(GuideVersion.V010), "MessageHeader")["extension"]![0]!;
        var now = Sample.Resource(Sample.Sent(GuideVersion.V011), "MessageHeader")["extension"]![0]!;

        ((string?)old["url"]).ShouldBe("http://ehealthontario.ca/fhir/StructureDefinition/ext-id-message-header");
        ((string?)old["valueString"]).ShouldBe(Sample.Referral);
        ((string?)now["url"]).ShouldBe("http://ehealthontario.ca/fhir/StructureDefinition/ext-referral-identifier");
        ((string?)now["valueIdentifier"]!["value"]).ShouldBe(Sample.Referral);
        ((string?)now["valueIdentifier"]!["system"])!.ShouldEndWith("/NamingSystem/id-ereferral-reference");
    }

    [Fact]
    public void Profiles_carry_the_suffix_of_their_version()
    {
        string Profile(GuideVersion version, string type) =>
            (string)Sample.Resource(Sample.Sent(version), type)["meta"]!["profile"]![0]!;

        Profile(GuideVersion.V010, "ServiceRequest").ShouldEndWith("-profile-ServiceRequest%7C1.0.0");
        Profile(GuideVersion.V011, "ServiceRequest").ShouldEndWith("-profile-ServiceRequest|1.0.1");
        Profile(GuideVersion.V011, "Practitioner").ShouldEndWith("-profile-Practitioner|1.0.0");
    }

    [Fact]
    public void The_performer_names_listing_site_and_external_service()
    {
        foreach (var version in GuideVersion.All)
        {
            var role = Sample
                .Resources(Sample.Sent(version, listing: Listing.Physiotherapy))
                .Single(r => r.ContainsKey("specialty"));

            role["identifier"]!.AsArray().Select(i => (string?)i!["value"]).ShouldBe(["demo-physio", "4100", "1003"]);
        }
    }

    [Fact]
    public void A_v0_10_0_message_has_the_oddities_of_real_ones()
    {
        var message = Sample.Sent(GuideVersion.V010, Sample.Draft(seed: 3));
        var patient = Sample.Resource(message, "Patient");

        patient["address"]!.AsArray().Count.ShouldBe(2);
        patient["address"]![1]!.AsObject().ContainsKey("line").ShouldBeFalse();
        var detail = Sample.Resource(message, "ServiceRequest")["orderDetail"]![0]!["coding"]![0]!.AsObject();
        detail.Select(m => m.Key).ShouldBe(["display"]);
        ((string?)Sample.Resource(message, "MessageHeader")["sender"]!["reference"]).ShouldBe(
            "Organization/demo-source"
        );
    }

    [Fact]
    public void A_submitter_sends_what_the_requester_authored()
    {
        var message = Sample.Sent(GuideVersion.V011, Sample.Draft(Scenario.ThreeRoles));
        var header = Sample.Resource(message, "MessageHeader");
        var request = Sample.Resource(message, "ServiceRequest");

        Types(message).Count(t => t == "PractitionerRole").ShouldBe(3);
        ((string?)header["sender"]!["reference"]).ShouldNotBe((string?)header["author"]!["reference"]);
        ((string?)header["author"]!["reference"]).ShouldBe((string?)request["requester"]!["reference"]);
    }

    [Fact]
    public void In_a_self_referral_the_patient_requests()
    {
        foreach (var version in GuideVersion.All)
        {
            var request = Sample.Resource(Sample.Sent(version, Sample.Draft(Scenario.SelfReferral)), "ServiceRequest");

            ((string?)request["requester"]!["reference"]).ShouldBe((string?)request["subject"]!["reference"]);
        }
    }

    [Fact]
    public void A_test_referral_is_marked_on_the_bundle_and_on_every_resource()
    {
        foreach (var draft in new[] { Sample.Draft(Scenario.TestData), Sample.Draft(listing: Listing.Test) })
        {
            var message = Sample.Sent(GuideVersion.V011, draft);

            Sample
                .Resources(message)
                .Append(message)
                .ShouldAllBe(r => (string?)r["meta"]!["security"]![0]!["code"] == "HTEST");
        }
    }

    [Fact]
    public void An_inline_document_holds_its_bytes_and_a_remote_one_its_address()
    {
        JsonNode Second(Scenario scenario) =>
            Sample
                .Resources(Sample.Sent(GuideVersion.V010, Sample.Draft(scenario)))
                .Where(r => (string?)r["resourceType"] == "DocumentReference")
                .Skip(1)
                .First()["content"]![0]!["attachment"]!;

        var inline = Second(Scenario.InlineAttachment);
        var remote = Second(Scenario.UrlAttachments);

        Convert.FromBase64String((string)inline["data"]!).Length.ShouldBe((int)inline["size"]!);
        inline["url"].ShouldBeNull();
        ((string)remote["url"]!).ShouldStartWith($"{Sample.Self}/fhir/DocumentReference/");
        remote["data"].ShouldBeNull();
    }

    [Fact]
    public void The_rich_form_has_sixty_items_with_html_hidden_and_unanswered_ones()
    {
        var items = Sample.Resource(
            Sample.Sent(GuideVersion.V011, Sample.Draft(Scenario.RichForm)),
            "QuestionnaireResponse"
        )["item"]!.AsArray();

        items.Count.ShouldBe(60);
        items.Select(i => (string)i!["linkId"]!).Distinct().Count().ShouldBe(60);
        items.ShouldContain(i => i!["text"] != null && ((string)i["text"]!).Contains("<b>"));
        items.ShouldContain(i => i!["extension"] != null);
        items.ShouldContain(i => i!["answer"] == null);
        items.ShouldContain(i => i!["answer"] != null && i["answer"]!.AsArray().Count > 1);
    }

    [Fact]
    public void Missing_demographics_leave_no_value_behind()
    {
        var patient = Sample.Resource(
            Sample.Sent(GuideVersion.V011, Sample.Draft(Scenario.MissingDemographics)),
            "Patient"
        );

        patient.ContainsKey("birthDate").ShouldBeFalse();
        patient.ContainsKey("telecom").ShouldBeFalse();
        patient["name"]![0]!.AsObject().ContainsKey("given").ShouldBeFalse();
        patient["identifier"]!.AsArray().ShouldAllBe(i => !i!.AsObject().ContainsKey("value"));
    }

    [Fact]
    public void A_military_id_is_a_secondary_identifier()
    {
        var identifiers = Sample.Resource(
            Sample.Sent(GuideVersion.V010, Sample.Draft(Scenario.OddIdentifiers)),
            "Patient"
        )["identifier"]!.AsArray();

        var military = identifiers.Single(i => (string?)i!["use"] == "secondary")!;
        ((string?)military["type"]!["text"]).ShouldBe("Military ID");
        ((string?)military["value"]).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void An_update_and_a_revocation_repeat_the_whole_bundle()
    {
        foreach (var version in GuideVersion.All)
        {
            var messages = Sample.EveryNews.Take(4).Select(news => Sample.Sent(version, news: news)).ToList();

            messages.ShouldAllBe(m => Types(m).SequenceEqual(Types(messages[0])));
            messages
                .Select(m => (string?)Sample.Resource(m, "ServiceRequest")["status"])
                .ShouldBe(["active", "active", "active", "revoked"]);
        }
    }

    [Theory]
    [InlineData("0.10.0", null, "send-communication-from-requester")]
    [InlineData("0.11.1", "Initial", "send-communication")]
    public void The_header_names_event_and_reason_and_the_bundle_its_time(string version, string? first, string written)
    {
        var messages = Sample.EveryNews.Select(n => Sample.Sent(GuideVersion.Find(version)!, news: n)).ToList();
        var headers = messages.ConvertAll(m => Sample.Resource(m, "MessageHeader"));

        headers
            .Select(h => (string?)h["eventCoding"]!["code"])
            .ShouldBe([
                "add-service-request",
                "notify-update-service-request",
                "notify-data-correction",
                "revoke-service-request",
                written,
            ]);
        headers
            .Select(h => (string?)h["reason"]?["text"])
            .ShouldBe([first, "Priority changed", "Demographics corrected", "Consent withdrawn", null]);
        messages.ShouldAllBe(m => (string?)m["timestamp"] == "2026-11-20T09:30:00.000-05:00");
    }

    [Fact]
    public void What_the_requester_writes_is_in_focus_and_brings_no_papers()
    {
        foreach (var version in GuideVersion.All)
        {
            var message = Sample.Sent(version, Sample.Draft(Scenario.ThreeRoles), Sample.EveryNews[^1]);
            var header = Sample.Resource(message, "MessageHeader");
            var entry = message["entry"]!.AsArray()[1]!;
            var communication = Sample.Resource(message, "Communication");

            entry["resource"].ShouldBe(communication);
            ((string?)header["focus"]![0]!["reference"]).ShouldBe(
                version.IsV010 ? $"Communication/{communication["id"]}" : (string?)entry["fullUrl"]
            );
            ((string?)communication["payload"]![0]!["contentString"]).ShouldBe(Sample.EveryNews[^1].Text);
            ((string?)communication["status"]).ShouldBe("completed");
            ((string?)communication["basedOn"]![0]!["reference"])!.ShouldEndWith(Sample.Referral);
            Types(message).ShouldNotContain("DocumentReference");
            Types(message).ShouldNotContain("QuestionnaireResponse");
        }
    }

    [Fact]
    public void In_a_self_referral_the_patient_writes()
    {
        foreach (var version in GuideVersion.All)
        {
            var message = Sample.Sent(version, Sample.Draft(Scenario.SelfReferral), Sample.EveryNews[^1]);
            var communication = Sample.Resource(message, "Communication");

            ((string?)communication["sender"]!["reference"]).ShouldBe((string?)communication["subject"]!["reference"]);
        }
    }

    [Fact]
    public void Telephone_numbers_and_mail_addresses_belong_to_nobody()
    {
        foreach (var scenario in Scenario.All)
        {
            for (var seed = 0; seed < 40; seed++)
            {
                var message = Sample.Sent(GuideVersion.V010, Sample.Draft(scenario, seed: seed));
                foreach (var telecom in All(message, "telecom").SelectMany(t => t.AsArray()))
                {
                    var value = (string)telecom!["value"]!;
                    (value.StartsWith("416-555-01") || value.EndsWith("@example.org")).ShouldBeTrue(value);
                }
            }
        }
    }

    [Fact]
    public void Every_fault_changes_what_is_sent()
    {
        foreach (var version in GuideVersion.All)
        {
            var whole = Json.Bytes(Sample.Sent(version));
            foreach (var fault in Fault.All)
            {
                fault.Spoil(Sample.Sent(version)).ShouldNotBe(whole, fault.Key);
            }
        }
    }

    private static IEnumerable<JsonObject> Messages(string version, string scenario) =>
        from seed in Enumerable.Range(0, 12)
        from news in Sample.EveryNews
        select Sample.Sent(GuideVersion.Find(version)!, Sample.Draft(Scenario.Find(scenario), seed: seed), news);

    private static List<string> Types(JsonObject message) =>
        [.. Sample.Resources(message).Select(r => (string)r["resourceType"]!)];

    private static List<string> References(JsonNode node) =>
        [.. All(node, "reference").Where(r => r is JsonValue).Select(r => (string)r!)];

    private static IEnumerable<JsonNode> All(JsonNode? node, string name) =>
        node switch
        {
            JsonObject o => o.Where(m => m.Key == name && m.Value is not null)
                .Select(m => m.Value!)
                .Concat(o.SelectMany(m => All(m.Value, name))),
            JsonArray list => list.SelectMany(item => All(item, name)),
            _ => [],
        };

    private static IEnumerable<string> Hollow(JsonNode? node, string path) =>
        node switch
        {
            null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => [path],
            JsonObject o => o.SelectMany(m => Hollow(m.Value, $"{path}.{m.Key}")),
            JsonArray list => list.SelectMany((item, i) => Hollow(item, $"{path}[{i}]")),
            _ => node.ToString().Length == 0 ? [path] : [],
        };
}
