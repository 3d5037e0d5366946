using System.Text;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class MessageVectorTests
{
    public static TheoryData<string> Messages => [.. Vectors.Messages()];

    public static TheoryData<string> NewMessages => [.. Vectors.In("v0.11.1")];

    public static TheoryData<string> OldMessages => [.. Vectors.In("v0.10.0")];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_read_and_written_again_byte_for_byte(string name)
    {
        var bytes = Vectors.Bytes(name);
        var read = FhirReader.Read<Bundle>(bytes);

        read.HasErrors.ShouldBeFalse();
        Encoding.UTF8.GetString(FhirWriter.Write(read.Resource!)).ShouldBe(Json.Compacted(bytes));
    }

    [Theory]
    [MemberData(nameof(NewMessages))]
    public void A_message_of_v0_11_1_keeps_every_rule_of_R4(string name)
    {
        FhirReader.Read<Bundle>(Vectors.Bytes(name), ReadOptions.Strict).Issues.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(OldMessages))]
    public void The_oddities_of_v0_10_0_are_warnings_to_the_tolerant_and_errors_to_the_strict(string name)
    {
        var tolerant = FhirReader.Read<Bundle>(Vectors.Bytes(name));
        tolerant
            .Issues.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(
                issue => issue.Severity.ShouldBe(IssueSeverity.Warning),
                issue => issue.Key.ShouldBe(Faults.BadPrimitive),
                issue => issue.Expression.ShouldEndWith(".resource.id")
            );

        var strict = FhirReader.Read<Bundle>(Vectors.Bytes(name), ReadOptions.Strict);
        strict.Issues.Select(issue => issue.Key).ShouldBe([Faults.BadPrimitive, "prr-1"]);
        strict.HasErrors.ShouldBeTrue();
    }

    [Theory]
    [InlineData("v0.10.0")]
    [InlineData("v0.11.1")]
    public void What_a_referral_needs_is_where_the_model_says(string version)
    {
        var bundle = FhirReader.Read<Bundle>(Vectors.Bytes($"{version}/add-service-request")).Resource!;
        var index = new BundleIndex(bundle);

        var header = bundle.Entry[0].Resource.ShouldBeOfType<MessageHeader>();
        header.Event.ShouldBeOfType<Coding>().Code.ShouldBe("add-service-request");
        var request = index.Resolve<ServiceRequest>(header.Focus[0]).ShouldNotBeNull();
        request.Status.ShouldBe(RequestStatusCodes.Active);
        var patient = index.Resolve<Patient>(request.Subject).ShouldNotBeNull();
        patient.Name[0].Family.ShouldBe("Tremblay-Singh");
        patient.Name[0].Given.ShouldBe(["Amélie"]);
        patient.Deceased.ShouldBeOfType<FhirBoolean>().Value.ShouldBe(false);
        var performer = index.Resolve<PractitionerRole>(request.Performer[0]).ShouldNotBeNull();
        performer.Identifier.ShouldContain(id => id.Value == "demo-cardiology");
        performer.Identifier.ShouldContain(id => id.Value == "4100");
        var requester = index.Resolve<PractitionerRole>(request.Requester).ShouldNotBeNull();
        index.Resolve<Practitioner>(requester.Practitioner).ShouldNotBeNull().Name[0].Family.ShouldBe("Whitebear");
        var form = index.Resolve<QuestionnaireResponse>(request.SupportingInfo[^1]).ShouldNotBeNull();
        form.Item.Single(item => item.LinkId == "Duration")
            .Answer[0]
            .Value.ShouldBeOfType<FhirString>()
            .Value.ShouldBe("3 weeks");
    }

    [Fact]
    public void An_inline_attachment_is_a_slice_of_the_message_until_it_is_decoded()
    {
        var bundle = FhirReader.Read<Bundle>(Vectors.Bytes("v0.11.1/add-service-request.inline-attachment")).Resource!;

        var attachment = bundle
            .Entry.Select(entry => entry.Resource)
            .OfType<DocumentReference>()
            .Select(document => document.Content[0].Attachment!)
            .Single(a => a.Data is not null);
        attachment.Data!.Value.DecodedLength.ShouldBe(attachment.Size!.Value);
        Encoding.ASCII.GetString(attachment.Data.Value.Decode()).ShouldStartWith("%PDF-1.4");
    }
}
