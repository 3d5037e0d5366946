using Rms.Core;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class PatientReadingTests
{
    private const string Nobody = """{"resourceType": "Patient"}""";

    [Theory]
    [InlineData("Military ID", null, "Military ID")]
    [InlineData(null, "Military ID", "Military ID")]
    [InlineData("https://source.example.org/NamingSystem/Military%20ID", "Personal Health Number", "Military ID")]
    [InlineData("https://source.example.org/NamingSystem/other", "Veterans Affairs", "Veterans Affairs")]
    public void A_secondary_number_is_named_by_what_it_is_of(string? system, string? type, string words)
    {
        var patient = new Patient
        {
            Identifier =
            {
                new Identifier
                {
                    Use = "secondary",
                    Type = new CodeableConcept { Text = type, Coding = { new Coding { Code = "JHN" } } },
                    System = system,
                    Value = "M-77",
                },
                new Identifier
                {
                    Type = new CodeableConcept { Coding = { new Coding { Code = "JHN" } } },
                    System = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-qc-patient-hcn",
                    Value = "HADN01061799",
                },
            },
        };

        var read = PatientReader.Read(patient);

        read.Identifiers[0].TypeText.ShouldBe(words);
        read.Identifiers[0].VersionCode.ShouldBeNull();
        read.HealthNumber!.Value.ShouldBe("HADN01061799");
        read.HealthNumber.Province.ShouldBe("QC");
    }

    [Fact]
    public void Every_address_name_and_number_is_kept_with_its_use_and_empty_ones_are_not()
    {
        var patient = new Patient
        {
            Gender = "unknown",
            BirthDate = "1971-04",
            Name =
            {
                new HumanName
                {
                    Use = "official",
                    Family = " Haddad ",
                    Given = { "Noor", "Amal" },
                },
                new HumanName { Use = "nickname", Text = "Nono" },
            },
            Telecom =
            {
                new Rms.Fhir.Model.ContactPoint
                {
                    System = "phone",
                    Use = "work",
                    Value = "705-555-0177",
                },
                new Rms.Fhir.Model.ContactPoint { System = "phone", Use = "home" },
            },
            Address =
            {
                new Address { Use = "home", City = "Sudbury" },
                new Address { Use = "temp", Line = { "1 Camp" } },
                new Address { Use = "home", Type = "postal" },
                new Address { Use = "old", Text = "Somewhere else" },
            },
        };

        var read = PatientReader.Read(patient);

        read.Names.Select(n => n.Display).ShouldBe(["HADDAD, Noor Amal", "Nono"]);
        read.Gender.ShouldBe("unknown");
        read.BirthDate.ShouldBe("1971-04");
        read.Telecoms.ShouldHaveSingleItem().Use.ShouldBe("work");
        read.Addresses.Select(a => a.Use).ShouldBe(["home", "temp", "old"]);
    }

    [Fact]
    public void The_preferred_language_is_the_patient_s()
    {
        var patient = new Patient
        {
            Communication =
            {
                new PatientCommunication { Language = Made.Concept(code: "en") },
                new PatientCommunication { Language = Made.Concept(code: "fr-CA"), Preferred = true },
            },
        };

        PatientReader.Read(patient).Language.ShouldBe("fr-CA");
    }

    [Theory]
    [InlineData("http://x.example/StructureDefinition/ext-email-consent", "\"valueBoolean\": true", true)]
    [InlineData("http://x.example/StructureDefinition/consent-to-email", "\"valueBoolean\": false", false)]
    [InlineData("http://x.example/EmailConsent-EXT", "\"valueCode\": \"opt-out\"", false)]
    [InlineData("email-consent", "\"valueCodeableConcept\": {\"coding\": [{\"code\": \"Y\"}]}", true)]
    [InlineData("email-consent", "\"valueString\": \"ask me later\"", null)]
    [InlineData("http://x.example/email-consent-date", "\"valueBoolean\": true", null)]
    public void Consent_to_e_mail_is_read_where_an_extension_says_it(string url, string value, bool? expected)
    {
        var extension = $$"""[{"url": "{{url}}", {{value}}}]""";

        Consent($$"""{"resourceType": "Patient", "extension": {{extension}} }""").ShouldBe(expected);
        Consent(
                $$"""
                {"resourceType": "Patient", "telecom":
                  [{"system": "email", "value": "noor@mail.example", "extension": {{extension}} }]}
                """
            )
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData("active", "\"provision\": {\"type\": \"permit\"}", true)]
    [InlineData("active", "\"provision\": {\"type\": \"deny\"}", false)]
    [InlineData("rejected", "\"provision\": {\"type\": \"permit\"}", false)]
    [InlineData("inactive", "\"provision\": {\"type\": \"permit\"}", null)]
    [InlineData("active", "\"provision\": {\"type\": \"permit\", \"period\": {\"end\": \"2026-03-01\"}}", null)]
    [InlineData("active", "\"provision\": {\"type\": \"permit\", \"period\": {\"end\": \"2026-03\"}}", true)]
    public void Consent_to_e_mail_is_read_where_a_Consent_says_it(string status, string provision, bool? expected) =>
        Consent(
                Nobody,
                $$"""
                {"resourceType": "Consent", "status": "{{status}}",
                 "category": [{"text": "Communication by e-mail"}], {{provision}} }
                """
            )
            .ShouldBe(expected);

    [Fact]
    public void A_Consent_about_something_else_says_nothing_of_e_mail_but_its_exception_may()
    {
        Consent(
                Nobody,
                """
                {"resourceType": "Consent", "status": "active", "category": [{"text": "Research"}],
                 "provision": {"type": "permit"}}
                """
            )
            .ShouldBeNull();
        Consent(
                Nobody,
                """
                {"resourceType": "Consent", "status": "active", "category": [{"text": "Sharing"}],
                 "provision": {"type": "permit", "provision": [{"type": "deny", "code": [{"text": "email"}]}]}}
                """
            )
            .ShouldBe(false);
    }

    [Fact]
    public void Where_two_places_disagree_about_e_mail_the_no_counts() =>
        Consent(
                """
                {"resourceType": "Patient", "extension": [{"url": "email-consent", "valueBoolean": true}],
                  "telecom": [{"value": "a@b.example", "extension": [{"url": "email-consent", "valueBoolean": false}]}]}
                """
            )
            .ShouldBe(false);

    [Fact]
    public void Content_that_was_sealed_before_a_member_existed_can_still_be_opened()
    {
        var old = System.Text.Json.JsonSerializer.Deserialize(
            """
            {"Patient": {"Names": [], "Identifiers": [], "Telecoms": [{"System": "phone", "Value": "1"}], "Addresses": []},
             "Request": {"Categories": [], "OrderDetails": [], "Reasons": ["why"], "Notes": [], "Identifiers": []},
             "Requester": {"Name": "X", "Identifiers": [], "Telecoms": [], "IsPatient": false},
             "CopiedTo": [], "Attachments": [], "Supporting": [{"Kind": "Observation", "Text": "BP", "Detail": "1"}]}
            """,
            Rms.Core.Keys.SealedJson.Default.ReferralContent
        )!;

        old.Patient.FromForm.ShouldBeEmpty();
        old.Patient.EmailConsent.ShouldBeNull();
        old.Patient.Telecoms[0].FromForm.ShouldBeFalse();
        old.Request.Readiness.ShouldBeEmpty();
        old.Request.ReasonCodes.ShouldBeEmpty();
        old.Request.ReasonsAsSent.ShouldBeEmpty();
        old.Request.ServiceCodes.ShouldBeEmpty();
        old.Request.FromForm.ShouldBeEmpty();
        old.Performer.ShouldBeEmpty();
        old.Authorizer.ShouldBeNull();
        old.Requester!.Given.ShouldBeEmpty();
        old.Requester.FromConnection.ShouldBeFalse();
        old.Supporting[0].Status.ShouldBeEmpty();
        old.Supporting[0].Parts.ShouldBeEmpty();
        old.Supporting[0].Codes.ShouldBeEmpty();
    }

    private static bool? Consent(params string[] resources) =>
        ContentReader.Read(Made.Json(resources)).Patient.EmailConsent;
}
