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
    public void An_unknown_sex_does_not_erase_a_known_one()
    {
        var said = ReferralContent.Empty with { Patient = PatientDetails.Empty with { Gender = "unknown" } };

        Merging.Of(Before, said, hasRequest: false).Patient.Gender.ShouldBe(Before.Patient.Gender);
    }
}
