using System.Buffers;
using System.Text;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class WriterTests
{
    [Fact]
    public void A_resource_made_here_is_written_in_the_order_of_FHIR()
    {
        var task = new FhirTask
        {
            Intent = TaskIntentCodes.Order,
            Status = TaskStatusCodes.Received,
            BasedOn = { new Reference { ReferenceValue = "urn:uuid:1" } },
            Id = "t",
            Restriction = new TaskRestriction { Repetitions = 2 },
            Input =
            {
                new TaskInput
                {
                    Type = new CodeableConcept { Text = "x" },
                    Value = new FhirBoolean(true),
                },
            },
        };

        Json.Write(task)
            .ShouldBe(
                """{"resourceType":"Task","id":"t","basedOn":[{"reference":"urn:uuid:1"}],"status":"received","intent":"order","restriction":{"repetitions":2},"input":[{"type":{"text":"x"},"valueBoolean":true}]}"""
            );
        FhirReader.Read<FhirTask>(FhirWriter.Write(task), ReadOptions.Strict).Issues.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_empty_leaves_no_trace()
    {
        var patient = new Patient
        {
            Meta = new Meta(),
            Language = "",
            Name =
            {
                new HumanName(),
                new HumanName { Given = { "" }, Period = new Period() },
                new HumanName { Text = "x" },
            },
            Address = { new Address { Line = { "", "" } } },
            Deceased = new FhirString(),
            MultipleBirth = new FhirInteger(),
        };

        Json.Write(patient).ShouldBe("""{"resourceType":"Patient","name":[{"text":"x"}]}""");
    }

    [Fact]
    public void Empty_texts_beside_extensions_keep_their_places()
    {
        var name = new HumanName { Given = { "", "B", "", "D" } };
        name.SetPrimitive("given", new Element { Id = "third" }, 2);

        Json.Write(new Patient { Name = { name } })
            .ShouldBe(
                """{"resourceType":"Patient","name":[{"given":["B",null,"D"],"_given":[null,{"id":"third"},null]}]}"""
            );
    }

    [Fact]
    public void Bytes_of_ours_are_written_as_base64()
    {
        var binary = new Binary { ContentType = "text/plain", Data = FhirBase64.From("héllo"u8.ToArray()) };

        Json.Write(binary).ShouldBe("""{"resourceType":"Binary","contentType":"text/plain","data":"aMOpbGxv"}""");
    }

    [Fact]
    public void Base64_that_was_read_is_written_as_it_came()
    {
        // An escaped slash and a line break inside: both say the same bytes.
        var read = Json.Read<Binary>("""{"resourceType":"Binary","contentType":"text/plain","data":"\/\/79\n\/w=="}""");

        read.Issues.ShouldBeEmpty();
        read.Resource!.Data!.Value.Decode().ShouldBe([0xff, 0xfe, 0xfd, 0xff]);
        Json.Write(read.Resource)
            .ShouldBe("""{"resourceType":"Binary","contentType":"text/plain","data":"//79\n/w=="}""");
    }

    [Fact]
    public void Text_is_escaped_no_more_than_JSON_must()
    {
        var patient = new Patient { Name = { new HumanName { Text = "Zoë \"Z\" <b>&\\\u0001 😀\u2028" } } };

        Json.Write(patient).ShouldContain("Zoë \\\"Z\\\" <b>&\\\\\\u0001");
        Json.Read<Patient>(Json.Write(patient)).Resource!.Name[0].Text.ShouldBe(patient.Name[0].Text);
    }

    [Fact]
    public void People_can_have_it_indented()
    {
        var buffer = new ArrayBufferWriter<byte>();
        FhirWriter.Write(buffer, new Patient { Active = true }, new WriteOptions { Indented = true });

        Encoding
            .UTF8.GetString(buffer.WrittenSpan)
            .ShouldBe("{\n  \"resourceType\": \"Patient\",\n  \"active\": true\n}");
    }
}
