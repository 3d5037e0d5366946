using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class InvariantTests
{
    private const string Subject = """ "subject":{"reference":"Patient/1"} """;

    /// <summary>One resource for each invariant, which breaks that one alone, and where.</summary>
    public static TheoryData<string, string, string> Broken =>
        new()
        {
            { "ext-1", "Patient.extension[0]", """{"resourceType":"Patient","extension":[{"url":"u"}]}""" },
            {
                "ext-1",
                "Patient.extension[0]",
                """{"resourceType":"Patient","extension":[{"url":"u","extension":[{"url":"v","valueCode":"c"}],"valueCode":"c"}]}"""
            },
            {
                "per-1",
                "Patient.name[0].period",
                """{"resourceType":"Patient","name":[{"period":{"start":"2026-02","end":"2026-01-31"}}]}"""
            },
            { "cpt-2", "Patient.telecom[0]", """{"resourceType":"Patient","telecom":[{"value":"1"}]}""" },
            { "att-1", "Patient.photo[0]", """{"resourceType":"Patient","photo":[{"data":"AQID"}]}""" },
            {
                "txt-1",
                "Patient.text.div",
                """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'><script>1</script></div>"}}"""
            },
            {
                "txt-1",
                "Patient.text.div",
                """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'><b onclick='x'>x</b></div>"}}"""
            },
            {
                "txt-1",
                "Patient.text.div",
                """{"resourceType":"Patient","text":{"status":"generated","div":"plain"}}"""
            },
            {
                "txt-2",
                "Patient.text.div",
                """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'> </div>"}}"""
            },
            {
                "ref-1",
                "Patient.managingOrganization",
                """{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}"""
            },
            { "pat-1", "Patient.contact[0]", """{"resourceType":"Patient","contact":[{"gender":"male"}]}""" },
            {
                "dom-2",
                "Patient.contained[0]",
                """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","contained":[{"resourceType":"Location","id":"l","managingOrganization":{"reference":"#o"}}],"name":"O","partOf":{"reference":"#"}}],"managingOrganization":{"reference":"#o"}}"""
            },
            {
                "dom-3",
                "Patient.contained[0]",
                """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"O"}]}"""
            },
            {
                "dom-4",
                "Patient.contained[0]",
                """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","meta":{"versionId":"1"},"name":"O"}],"managingOrganization":{"reference":"#o"}}"""
            },
            {
                "dom-5",
                "Patient.contained[0]",
                """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","meta":{"security":[{"code":"R"}]},"name":"O"}],"managingOrganization":{"reference":"#o"}}"""
            },
            { "bdl-1", "Bundle", """{"resourceType":"Bundle","type":"collection","total":1}""" },
            {
                "bdl-2",
                "Bundle",
                """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"},"search":{"mode":"match"}}]}"""
            },
            {
                "bdl-3",
                "Bundle",
                """{"resourceType":"Bundle","type":"collection","entry":[{"request":{"method":"GET","url":"x"}}]}"""
            },
            {
                "bdl-4",
                "Bundle",
                """{"resourceType":"Bundle","type":"collection","entry":[{"response":{"status":"200"}}]}"""
            },
            {
                "bdl-5",
                "Bundle.entry[0]",
                """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:x"}]}"""
            },
            {
                "bdl-7",
                "Bundle.entry[1].fullUrl",
                """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Patient"}},{"fullUrl":"urn:x","resource":{"resourceType":"Patient"}}]}"""
            },
            {
                "bdl-8",
                "Bundle.entry[0].fullUrl",
                """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://x/Patient/1/_history/1","resource":{"resourceType":"Patient"}}]}"""
            },
            {
                "bdl-9",
                "Bundle",
                """{"resourceType":"Bundle","type":"document","timestamp":"2026-01-01T00:00:00Z","entry":[{"resource":{"resourceType":"Composition"}}]}"""
            },
            {
                "bdl-10",
                "Bundle",
                """{"resourceType":"Bundle","identifier":{"system":"s","value":"v"},"type":"document","entry":[{"resource":{"resourceType":"Composition"}}]}"""
            },
            {
                "bdl-11",
                "Bundle",
                """{"resourceType":"Bundle","identifier":{"system":"s","value":"v"},"type":"document","timestamp":"2026-01-01T00:00:00Z","entry":[{"resource":{"resourceType":"Patient"}}]}"""
            },
            {
                "bdl-12",
                "Bundle",
                """{"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient"}}]}"""
            },
            {
                "prr-1",
                "ServiceRequest",
                "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\",\"orderDetail\":[{\"text\":\"x\"}],"
                    + Subject
                    + "}"
            },
            {
                "inv-1",
                "Task",
                """{"resourceType":"Task","status":"received","intent":"order","authoredOn":"2026-02-01T00:00:00Z","lastModified":"2026-01-31T18:59:59-05:00"}"""
            },
            { "org-1", "Organization", """{"resourceType":"Organization","active":true}""" },
            { "org-2", "Organization", """{"resourceType":"Organization","name":"O","address":[{"use":"home"}]}""" },
            {
                "org-3",
                "Organization",
                """{"resourceType":"Organization","name":"O","telecom":[{"system":"phone","use":"home"}]}"""
            },
            {
                "app-1",
                "Appointment.participant[0]",
                """{"resourceType":"Appointment","status":"proposed","participant":[{"status":"accepted"}]}"""
            },
            {
                "app-2",
                "Appointment",
                """{"resourceType":"Appointment","status":"proposed","start":"2026-02-03T10:00:00Z","participant":[{"actor":{"display":"x"},"status":"accepted"}]}"""
            },
            {
                "app-3",
                "Appointment",
                """{"resourceType":"Appointment","status":"booked","participant":[{"actor":{"display":"x"},"status":"accepted"}]}"""
            },
            {
                "app-4",
                "Appointment",
                """{"resourceType":"Appointment","status":"proposed","cancelationReason":{"text":"x"},"participant":[{"actor":{"display":"x"},"status":"accepted"}]}"""
            },
            {
                "qrs-1",
                "QuestionnaireResponse.item[0]",
                """{"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"1","answer":[{"valueString":"x"}],"item":[{"linkId":"2"}]}]}"""
            },
            {
                "qty-3",
                "Observation.value",
                """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1,"code":"mg"}}"""
            },
            {
                "obs-6",
                "Observation",
                """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueBoolean":true,"dataAbsentReason":{"text":"x"}}"""
            },
            { "con-4", "Condition", "{\"resourceType\":\"Condition\"," + Subject + ",\"abatementString\":\"gone\"}" },
            {
                "ppc-1",
                "Consent",
                """{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"x"}]}"""
            },
            { "inv-1", "Parameters.parameter[0]", """{"resourceType":"Parameters","parameter":[{"name":"x"}]}""" },
            {
                "ait-1",
                "AllergyIntolerance",
                """{"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"}}"""
            },
            {
                "cpb-14",
                "CapabilityStatement",
                """{"resourceType":"CapabilityStatement","status":"active","date":"2026","kind":"instance","software":{"name":"s"},"fhirVersion":"4.0.1","format":["json"],"rest":[{"mode":"server"}]}"""
            },
        };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Strict_reading_tells_the_invariant_that_is_broken(string key, string place, string json)
    {
        var issue = Json.Read<Resource>(json, ReadOptions.Strict).Issues.ShouldHaveSingleItem();

        (issue.Key, issue.Expression).ShouldBe((key, place));
        issue.Severity.ShouldBe(IssueSeverity.Error);
        issue.Code.ShouldBe(IssueTypeCodes.Invariant);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Tolerant_reading_does_not_ask(string key, string place, string json)
    {
        _ = (key, place);
        Json.Read<Resource>(json).Issues.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        """{"resourceType":"Bundle","type":"history","entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Patient"},"request":{"method":"PUT","url":"x"},"response":{"status":"200"}},{"fullUrl":"urn:x","request":{"method":"DELETE","url":"x"},"response":{"status":"200"}}]}"""
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Patient","meta":{"versionId":"1"}}},{"fullUrl":"urn:x","resource":{"resourceType":"Patient","meta":{"versionId":"2"}}}]}"""
    )]
    [InlineData(
        """{"resourceType":"Appointment","status":"cancelled","cancelationReason":{"text":"x"},"participant":[{"type":[{"text":"x"}],"status":"declined"}]}"""
    )]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"O"},{"resourceType":"Organization","id":"p","name":"P","partOf":{"reference":"#"}}],"managingOrganization":{"reference":"#o"}}"""
    )]
    [InlineData(
        """{"resourceType":"QuestionnaireResponse","contained":[{"resourceType":"Questionnaire","id":"q"}],"questionnaire":"#q","status":"completed"}"""
    )]
    [InlineData(
        """{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p style=\"x\">A &amp; B<br/></p></div>"}}"""
    )]
    [InlineData(
        """{"resourceType":"Task","status":"received","intent":"order","authoredOn":"2026-02-01","lastModified":"2026-02-01T00:00:00Z"}"""
    )]
    public void What_keeps_the_rules_has_no_issue(string json) =>
        Json.Read<Resource>(json, ReadOptions.Strict).Issues.ShouldBeEmpty();

    [Fact]
    public void An_element_of_ours_that_says_nothing_is_told()
    {
        var patient = new Patient { Name = { new HumanName { Period = new Period() } }, Deceased = new FhirBoolean() };

        FhirInvariants
            .Check(patient)
            .Select(issue => (issue.Key, issue.Expression))
            .ShouldBe(
                [("ele-1", "Patient.deceased"), ("ele-1", "Patient.name[0]"), ("ele-1", "Patient.name[0].period")],
                ignoreOrder: true
            );
    }

    [Fact]
    public void A_choice_of_ours_in_a_type_that_FHIR_does_not_allow_is_told()
    {
        var patient = new Patient { Deceased = new FhirCode("no") };

        var issue = FhirInvariants.Check(patient).ShouldHaveSingleItem();
        (issue.Key, issue.Expression).ShouldBe((Faults.WrongType, "Patient.deceased"));
    }

    [Fact]
    public void A_reference_looks_into_the_resource_it_stands_in_not_its_neighbours()
    {
        var bundle = new Bundle
        {
            Type = BundleTypeCodes.Collection,
            Entry =
            {
                Entry(
                    new Patient
                    {
                        Contained =
                        {
                            new Organization { Id = "o", Name = "O" },
                        },
                        ManagingOrganization = Local,
                    }
                ),
                Entry(new Patient { ManagingOrganization = Local }),
            },
        };

        var issue = FhirInvariants.Check(bundle).ShouldHaveSingleItem();
        (issue.Key, issue.Expression).ShouldBe(("ref-1", "Bundle.entry[1].resource.managingOrganization"));

        static BundleEntry Entry(Resource resource) => new() { Resource = resource };
    }

    private static Reference Local => new() { ReferenceValue = "#o" };
}
