using Rms.Core;
using Rms.Fhir.Model;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class RequestReadingTests
{
    [Fact]
    public void Reasons_lose_their_markup_and_keep_what_was_sent()
    {
        var request = Made.Content(
            new ServiceRequest
            {
                ReasonCode =
                {
                    new CodeableConcept { Text = "Chest <b>pain</b><script>alert(1)</script>" },
                    new CodeableConcept { Text = "K<Na" },
                },
                ReasonReference =
                {
                    Made.To("Condition/c"),
                    Made.To("#inside"),
                    new Reference { Display = "Fell" },
                },
                Contained =
                {
                    new Condition
                    {
                        Id = "inside",
                        Code = new CodeableConcept { Text = "Asthma" },
                    },
                },
            },
            new Condition { Id = "c", Code = Made.Concept("http://snomed.info/sct", "38341003", "Hypertension") }
        ).Request;

        request.Reasons.ShouldBe(["Chest pain", "K<Na", "Hypertension", "Asthma", "Fell"]);
        request.ReasonsAsSent.ShouldBe(["Chest <b>pain</b><script>alert(1)</script>"]);
        request.ReasonCodes.ShouldBe([new Code("http://snomed.info/sct", "38341003", "Hypertension")]);
    }

    [Fact]
    public void Every_coding_of_category_and_service_is_kept_with_its_system()
    {
        var service = Made.Concept("http://snomed.info/sct", "29303009", "ECG");
        service.Coding.Add(new Coding { System = "http://loinc.org", Code = "11524-6" });
        var request = Made.Content(
            new ServiceRequest { Code = service, Category = { Made.Concept("http://loinc.org", "1-8", "CARDIOLOGY") } }
        ).Request;

        request.Service.ShouldBe(new Code("http://snomed.info/sct", "29303009", "ECG"));
        request.ServiceCodes.ShouldBe([new Code("http://loinc.org", "11524-6", null)]);
        request.Categories.ShouldBe([new Code("http://loinc.org", "1-8", "CARDIOLOGY")]);
    }

    [Theory]
    [InlineData("http://fhir.infoway-inforoute.ca/io/CA-eReC/StructureDefinition/DARC-EXT", "DARC")]
    [InlineData("http://ehealthontario.ca/fhir/StructureDefinition/dart-ext", "DART")]
    [InlineData("http://ehealthontario.ca/fhir/StructureDefinition/DART", "DART")]
    public void Dates_affecting_readiness_are_read_whichever_way_they_are_named(string url, string kind)
    {
        var request = Made.Content(
            new ServiceRequest
            {
                Extension =
                {
                    new Extension
                    {
                        Url = url,
                        Extension =
                        {
                            new Extension { Url = "StartDate", Value = new FhirDateTime("2026-03-01") },
                            new Extension { Url = "EndDate", Value = new FhirDateTime("2026-04-15") },
                            new Extension
                            {
                                Url = kind + "Codes",
                                Value = Made.Concept(
                                    "http://ehealthontario.ca/fhir/CodeSystem/darc-dart-reason",
                                    "x",
                                    "Away"
                                ),
                            },
                        },
                    },
                },
            }
        ).Request;

        var dates = request.Readiness.ShouldHaveSingleItem();
        dates.Kind.ShouldBe(kind);
        (dates.Start, dates.End).ShouldBe(("2026-03-01", "2026-04-15"));
        dates.Reasons.ShouldHaveSingleItem().Display.ShouldBe("Away");
    }

    [Fact]
    public void An_extension_of_another_name_or_without_content_is_no_readiness()
    {
        var request = Made.Content(
            new ServiceRequest
            {
                Extension =
                {
                    new Extension { Url = "http://x.example/dartboard", Value = new FhirString("20") },
                    new Extension { Url = "http://x.example/DART-ext" },
                },
            }
        ).Request;

        request.Readiness.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        """{"resourceType": "Patient", "contained": [{"resourceType": "Patient", "meta": {"security": [{"code": "HTEST"}]}}]}"""
    )]
    [InlineData("""{"resourceType": "Immunization", "meta": {"security": [{"code": "HTEST"}]}}""")]
    [InlineData(
        """{"resourceType": "Immunization", "contained": [{"resourceType": "Flag", "meta": {"security": [{"code": "HTEST"}]}}]}"""
    )]
    [InlineData("""{"resourceType": "Patient", "meta": {"tag": [{"code": "HTEST"}]}}""")]
    [InlineData(
        """{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient", "meta": {"security": [{"code": "HTEST"}]}}}]}"""
    )]
    public void HTEST_anywhere_in_the_bundle_marks_a_test(string resource) => Made.Json(resource).IsTest.ShouldBeTrue();

    [Theory]
    [InlineData("""{"resourceType": "Immunization", "note": [{"text": "HTEST"}]}""")]
    [InlineData(
        """{"resourceType": "Patient", "meta": {"security": [{"code": "R"}]}, "name": [{"family": "HTEST"}]}"""
    )]
    public void The_word_in_another_place_does_not(string resource) => Made.Json(resource).IsTest.ShouldBeFalse();
}
