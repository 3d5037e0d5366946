using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake;
using Rms.Intake.FromFhir;
using Shouldly;
using ContactPoint = Rms.Core.ContactPoint;

namespace Rms.UnitTests.Intake;

public sealed class MergingTests
{
    private static readonly ReferralContent Before = ContentReader.Read(
        Incoming.Of(FhirReader.Read<Bundle>(Vectors.Bytes("v0.11.1/add-service-request.form")).Resource!).Message!
    );

    [Fact]
    public void Nothing_said_leaves_everything()
    {
        var merged = Merging.Of(Before, ReferralContent.Empty, hasRequest: false);

        Differences.Between(Before, merged).ShouldBeEmpty();
    }

    [Fact]
    public void A_request_without_patient_form_or_attachments_leaves_those()
    {
        var merged = Merging.Of(
            Before,
            ReferralContent.Empty with
            {
                Request = Before.Request with { Priority = "stat" },
            },
            hasRequest: true
        );

        Differences.Between(Before, merged).Select(c => c.Field).ShouldBe(["request.priority"]);
    }

    [Fact]
    public void A_new_number_takes_the_place_of_the_old_of_its_kind_alone()
    {
        var said = ReferralContent.Empty with
        {
            Patient = PatientDetails.Empty with { Telecoms = [new ContactPoint("phone", "home", "705-555-9999")] },
        };

        var telecoms = Merging.Of(Before, said, hasRequest: false).Patient.Telecoms;

        telecoms.ShouldContain(t => t.Value == "705-555-9999");
        telecoms.ShouldNotContain(t => t.System == "phone" && t.Use == "home" && t.Value != "705-555-9999");
        telecoms.ShouldContain(t => t.System == "email", "the e-mail address was not spoken of");
    }

    [Fact]
    public void A_health_number_that_comes_without_its_version_code_keeps_it()
    {
        var number = Before.Patient.HealthNumber! with { VersionCode = "XK" };
        var before = Before with { Patient = Before.Patient with { Identifiers = [number] } };
        var said = ReferralContent.Empty with
        {
            Patient = PatientDetails.Empty with { Identifiers = [number with { VersionCode = null }] },
        };

        Merging.Of(before, said, hasRequest: false).Patient.HealthNumber!.VersionCode.ShouldBe("XK");
    }

    [Fact]
    public void Who_asks_stays_when_a_message_speaks_of_the_patient_or_its_connection_stands_in()
    {
        var before = Before with { Requester = Someone with { Name = "WHITEBEAR, Sasha" } };
        var other = ReferralContent.Empty with { Requester = Someone with { Name = "NGUYEN, Kim" } };
        var standIn = ReferralContent.Empty with
        {
            Requester = Someone with { Name = "Some clinic", FromConnection = true },
        };

        Merging.Of(before, other, hasRequest: false).Requester!.Name.ShouldBe("WHITEBEAR, Sasha");
        Merging.Of(before, standIn, hasRequest: true).Requester!.Name.ShouldBe("WHITEBEAR, Sasha");
        Merging.Of(before, other, hasRequest: true).Requester!.Name.ShouldBe("NGUYEN, Kim");
        Merging
            .Of(before with { Requester = null }, standIn, hasRequest: false)
            .Requester!.Name.ShouldBe("Some clinic");
    }

    [Fact]
    public void An_answer_of_the_form_does_not_overwrite_what_was_stated()
    {
        var before = Before with { Patient = Before.Patient with { Language = "fr" } };
        var said = ReferralContent.Empty with
        {
            Patient = PatientDetails.Empty with
            {
                Language = "en",
                Telecoms = [new ContactPoint("email", null, "form@mail.example") { FromForm = true }],
                FromForm = [ContentField.Language, ContentField.Email],
            },
        };

        var merged = Merging.Of(before, said, hasRequest: false).Patient;

        merged.Language.ShouldBe("fr");
        merged.FromForm.ShouldBeEmpty();
        merged.Telecoms.ShouldBe(before.Patient.Telecoms);
    }

    [Fact]
    public void What_a_form_filled_stays_marked_until_it_is_stated()
    {
        var patient = Before.Patient with { Language = "en", FromForm = [ContentField.Language] };
        var before = Before with { Patient = patient };
        var stated = ReferralContent.Empty with { Patient = PatientDetails.Empty with { Language = "fr" } };

        Merging.Of(before, ReferralContent.Empty, hasRequest: false).Patient.FromForm.ShouldBe([ContentField.Language]);
        Merging.Of(before, stated, hasRequest: false).Patient.FromForm.ShouldBeEmpty();
    }

    private static Clinician Someone { get; } = new(null, null, [], [], null, IsPatient: false);

    [Fact]
    public void An_unknown_sex_does_not_erase_a_known_one()
    {
        var said = ReferralContent.Empty with { Patient = PatientDetails.Empty with { Gender = "unknown" } };

        Merging.Of(Before, said, hasRequest: false).Patient.Gender.ShouldBe(Before.Patient.Gender);
    }
}
