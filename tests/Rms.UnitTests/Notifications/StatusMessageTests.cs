using Rms.Core;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;
using Rms.Notifications.ToFhir;
using Rms.UnitTests.Intake;
using Shouldly;
using ContactPoint = Rms.Core.ContactPoint;

namespace Rms.UnitTests.Notifications;

public sealed class StatusMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 14, 30, 0, TimeSpan.Zero);

    private static readonly ListingFound Listing = new(
        Guid.Empty,
        Guid.Empty,
        "4100",
        "Lakeside Specialists",
        "Cardiology",
        "demo-cardiology",
        "1001",
        IsTest: false,
        "like-any",
        null,
        null
    );

    public static TheoryData<string> AllVectors =>
        [
            .. new[] { "v0.10.0", "v0.11.1" }.SelectMany(v =>
                new[]
                {
                    "",
                    ".htest",
                    ".three-practitioner-roles",
                    ".self-referral",
                    ".form",
                    ".inline-attachment",
                }.Select(kind => $"{v}/add-service-request{kind}")
            ),
        ];

    [Theory]
    [MemberData(nameof(AllVectors))]
    public void Every_answer_is_valid_R4_and_holds_what_the_guide_lists(string vector)
    {
        var message = ContentReaderTests.Read(vector);
        var bundle = Send(message, "rejected", "Outside our area");

        bundle.Entry[0].Resource.ShouldBeOfType<MessageHeader>();
        var index = new BundleIndex(bundle);
        var header = (MessageHeader)bundle.Entry[0].Resource!;
        var task = index.Resolve<FhirTask>(header.Focus.ShouldHaveSingleItem()).ShouldNotBeNull();
        task.Status.ShouldBe("rejected");
        task.BusinessStatus!.Text.ShouldBe("Outside our area");
        var request = index.Resolve<ServiceRequest>(task.BasedOn.ShouldHaveSingleItem()).ShouldNotBeNull();
        index.Resolve<Patient>(request.Subject).ShouldNotBeNull();
        index.Resolve<Resource>(request.Requester).ShouldNotBeNull();
        var author = index.Resolve<PractitionerRole>(header.Author).ShouldNotBeNull();
        index.Resolve<PractitionerRole>(request.Performer.ShouldHaveSingleItem()).ShouldBeSameAs(author);
        index.Resolve<Organization>(author.Organization).ShouldNotBeNull();
        author.Identifier.ShouldContain(i => i.System!.EndsWith("id-referral-target-reference"));
    }

    [Theory]
    [InlineData("v0.10.0", "1.0.0")]
    [InlineData("v0.11.1", "1.0.1")]
    public void The_header_names_the_profile_of_the_source_s_version(string version, string suffix)
    {
        var bundle = Send(ContentReaderTests.Read($"{version}/add-service-request"), "accepted", null);

        var header = (MessageHeader)bundle.Entry[0].Resource!;
        Canonical.Split(header.Meta!.Profile.ShouldHaveSingleItem()).Version.ShouldBe(suffix);
        var string10 = header.Extension.Single(e => e.Url!.EndsWith("ext-id-message-header")).Value;
        string10.ShouldBeOfType<FhirString>().Value.ShouldBe("R-1");
        header.Extension.Any(e => e.Url!.EndsWith("ext-referral-identifier")).ShouldBe(version == "v0.11.1");
    }

    [Fact]
    public void Everything_about_a_test_carries_HTEST()
    {
        var bundle = Send(ContentReaderTests.Read("v0.11.1/add-service-request.htest"), "accepted", null);

        bundle.Meta!.Security.ShouldContain(s => s.Code == "HTEST");
        bundle.Entry.ShouldAllBe(e => e.Resource!.Meta!.Security.Any(s => s.Code == "HTEST"));
    }

    [Fact]
    public void Nothing_about_a_real_referral_carries_HTEST()
    {
        var bundle = Send(ContentReaderTests.Read("v0.11.1/add-service-request"), "accepted", null);

        bundle.Meta.ShouldBeNull();
        bundle.Entry.ShouldAllBe(e => e.Resource!.Meta == null || e.Resource.Meta.Security.Count == 0);
    }

    [Fact]
    public void Whatever_the_source_sent_the_answer_is_valid()
    {
        var hostile = "\0\u202e<script>alert('x')</script>\ud800 " + new string('x', 5000);
        var identifier = new PatientIdentifier(" JHN ", hostile, "wrong", "not a uri", hostile, null, "\t");
        var content = new ReferralContent(
            new PatientDetails(
                [new PersonName("alias", hostile, ["", " ", hostile], null, null, hostile)],
                "robot",
                "1971-02-31",
                [identifier, identifier with { Value = null }],
                [new ContactPoint("pigeon", "always", hostile), new ContactPoint(null, null, " ")],
                [
                    new PostalAddress("castle", ["", hostile], null, null, null, null, null),
                    new PostalAddress(null, [], null, null, null, null, null),
                    new PostalAddress("home", ["1"], "A", null, null, null, null),
                    new PostalAddress("home", ["2"], "B", null, null, null, null),
                ],
                null,
                null
            ),
            new RequestDetails(
                "hurried",
                "now",
                "yesterday",
                [new Code("x y", "a  b", " "), new Code(null, null, null)],
                new Code("urn:x", " ", null),
                [],
                [],
                [],
                [identifier]
            ),
            new Clinician(hostile, null, [identifier], [new ContactPoint("phone", "work", hostile)], null, false),
            null,
            [],
            null,
            [],
            []
        )
        {
            Performer = [identifier],
        };

        var bundle = Send(content, "0.11.1", isTest: false, "accepted", hostile);

        bundle.Entry.Select(e => e.Resource).OfType<Patient>().Single().Address.Count.ShouldBe(2);
    }

    [Fact]
    public void Every_number_of_the_patient_is_given_back_and_no_answer_of_the_form_is()
    {
        var message = Made.Json(
            """
            {"resourceType": "Patient", "telecom": [{"system": "phone", "value": "705-555-0177"}], "identifier": [
              {"use": "official", "type": {"coding": [{"code": "JHN"}]}, "value": "9555000121",
               "system": "https://fhir.infoway-inforoute.ca/NamingSystem/ca-on-patient-hcn"},
              {"use": "secondary", "type": {"coding": [{"code": "JHN"}]}, "system": "Military ID", "value": "M-77"}]}
            """,
            """
            {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
              {"linkId": "mail", "answer": [{"valueString": "noor@mail.example"}]}]}
            """
        );
        var content = ContentReader.Read(
            message,
            Listing with
            {
                FormMapping = new Dictionary<string, string> { ["mail"] = ContentField.Email },
            },
            PeopleReadingTests.Connection("Lakeview Family Health Team")
        );
        content.Patient.Telecoms.Count.ShouldBe(2);

        var bundle = Send(content, "0.11.1", isTest: false, "accepted", null);

        var patient = bundle.Entry.Select(e => e.Resource).OfType<Patient>().Single();
        patient.Telecom.ShouldHaveSingleItem().Value.ShouldBe("705-555-0177");
        patient
            .Identifier.Select(i => (i.Use, i.Value, i.Type!.Text))
            .ShouldBe([("official", "9555000121", "JHN"), ("secondary", "M-77", "Military ID")]);
        // Whom the connection stands for is no person that the source sent.
        bundle.Entry.Select(e => e.Resource).OfType<ServiceRequest>().Single().Requester.ShouldBeNull();
        bundle.Entry.Select(e => e.Resource).OfType<Practitioner>().ShouldBeEmpty();
    }

    [Fact]
    public void Every_coding_of_the_service_is_given_back()
    {
        var service = Made.Concept("http://snomed.info/sct", "29303009", "ECG");
        service.Coding.Add(new Coding { System = "http://loinc.org", Code = "11524-6" });

        var bundle = Send(
            Made.Content(new ServiceRequest { Code = service }),
            "0.11.1",
            isTest: false,
            "accepted",
            null
        );

        bundle
            .Entry.Select(e => e.Resource)
            .OfType<ServiceRequest>()
            .Single()
            .Code!.Coding.Select(c => c.Code)
            .ShouldBe(["29303009", "11524-6"]);
    }

    private static Bundle Send(Incoming message, string status, string? reason) =>
        Send(ContentReader.Read(message), message.GuideVersion!, message.IsTest, status, reason);

    private static Bundle Send(ReferralContent content, string version, bool isTest, string status, string? reason)
    {
        var referral = Referral.Receive(
            new Arrival(
                Guid.Parse("0190b0a0-0000-7000-8000-000000000001"),
                Guid.Empty,
                Guid.Empty,
                Guid.Empty,
                "R-1",
                version,
                null,
                isTest,
                IsSelfReferral: false,
                null
            ),
            new Actor(),
            Now
        );
        var connection = new ConnectionSettings(
            Guid.Empty,
            Guid.Empty,
            "source",
            "The source",
            version,
            new Uri("https://source.example.org/svc/fhir/v1/$process-messages"),
            null,
            "query",
            null,
            null,
            AllowPrivateAddress: false,
            "collection",
            AnnounceReceived: true,
            "https://source.example.org/svc/fhir/v1/NamingSystem/"
        );
        var bytes = new StatusMessage(referral, content, Listing, connection).Build(
            new StatusToSend(
                Guid.Parse("0190b0a0-0000-7000-8000-0000000000ff"),
                "notify-update-process-request",
                status,
                reason,
                Now,
                "https://rms.example.org"
            )
        );
        var read = FhirReader.Read<Bundle>(bytes, ReadOptions.Strict);
        read.Issues.ShouldBeEmpty();
        return read.Resource!;
    }
}
