using Rms.Core;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class ContentReaderTests
{
    public static TheoryData<string> Versions => ["v0.10.0", "v0.11.1"];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_message_is_read_by_its_parts(string version)
    {
        var message = Read($"{version}/add-service-request");

        message.Event.ShouldBe("add-service-request");
        message.GuideVersion.ShouldBe(version[1..]);
        message.Reference.ShouldNotBeNull();
        message.ServiceRequest.ShouldNotBeNull();
        message.PerformerValue("id-referral-target-reference").ShouldBe("demo-cardiology");
        message.PerformerValue("id-site-number").ShouldBe("4100");
        message.IsTest.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Both_versions_say_who_the_patient_is(string version)
    {
        var content = ContentReader.Read(Read($"{version}/add-service-request"));

        content.Patient.DisplayName.ShouldNotBeEmpty();
        content.Patient.BirthDate.ShouldNotBeNull();
        content.Patient.HealthNumber.ShouldNotBeNull().Province.ShouldBe("ON");
        content.Patient.Telecoms.ShouldNotBeEmpty();
        content.Patient.Addresses.ShouldAllBe(a => a.Lines.Count > 0 || a.City != null, "empty stubs are left out");
        content.Requester.ShouldNotBeNull().Name.ShouldNotBeNull();
        content.Attachments.ShouldNotBeEmpty();
        content.Attachments.Count(a => a.IsLetter).ShouldBe(1);
        content.Form.ShouldNotBeNull().Items.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_submitter_is_told_apart_only_when_it_is_somebody_else(string version)
    {
        ContentReader.Read(Read($"{version}/add-service-request")).Submitter.ShouldBeNull();

        var three = ContentReader.Read(Read($"{version}/add-service-request.three-practitioner-roles"));
        three.Submitter.ShouldNotBeNull().Name.ShouldNotBe(three.Requester!.Name);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_patient_who_asks_is_a_self_referral(string version)
    {
        var self = Read($"{version}/add-service-request.self-referral");

        ContentReader.IsSelfReferral(self).ShouldBeTrue();
        ContentReader.Read(self).Requester.ShouldNotBeNull().IsPatient.ShouldBeTrue();
        ContentReader.IsSelfReferral(Read($"{version}/add-service-request")).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void HTEST_marks_a_test(string version) =>
        Read($"{version}/add-service-request.htest").IsTest.ShouldBeTrue();

    [Fact]
    public void HTEST_on_a_single_resource_is_enough()
    {
        var message = Read("v0.11.1/add-service-request");
        message.All<Patient>().Single().Meta!.Security.Add(new Coding { Code = "HTEST" });

        message.IsTest.ShouldBeTrue();
    }

    [Fact]
    public void A_health_card_s_version_code_on_the_patient_is_found_too()
    {
        var patient = new Patient
        {
            Extension =
            {
                new Extension
                {
                    Url = "http://ehealthontario.ca/fhir/StructureDefinition/ext-id-health-card-version-code",
                    Value = new FhirString("QX"),
                },
            },
            Identifier =
            {
                new Identifier
                {
                    Type = new CodeableConcept { Coding = { new Coding { Code = "JHN" } } },
                    System = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-bc-patient-hcn",
                    Value = "1",
                },
            },
        };

        var read = PatientReader.Read(patient).HealthNumber.ShouldNotBeNull();

        read.VersionCode.ShouldBe("QX");
        read.Province.ShouldBe("BC");
    }

    [Fact]
    public void A_number_of_another_system_is_not_the_health_number()
    {
        var details = PatientDetails.Empty with
        {
            Identifiers =
            [
                new("JHN", "Military ID", "secondary", null, "M-1", null, null),
                new("JHN", null, "official", null, "2", "ON", null),
            ],
        };

        details.HealthNumber!.Value.ShouldBe("2");
    }

    [Fact]
    public void A_message_that_names_no_patient_is_read_all_the_same()
    {
        var (message, _) = Incoming.Of(
            new Bundle
            {
                Type = "message",
                Entry =
                {
                    new BundleEntry
                    {
                        Resource = new MessageHeader { Event = new Coding { Code = "add-service-request" } },
                    },
                    new BundleEntry { Resource = new ServiceRequest() },
                },
            }
        );

        var content = ContentReader.Read(message!);

        content.Patient.DisplayName.ShouldBeEmpty();
        content.Requester.ShouldBeNull();
    }

    internal static Incoming Read(string vector)
    {
        var read = FhirReader.Read<Bundle>(Vectors.Bytes(vector));
        read.HasErrors.ShouldBeFalse();
        var (message, faults) = Incoming.Of(read.Resource!);
        faults.ShouldBeEmpty();
        return message!;
    }
}
