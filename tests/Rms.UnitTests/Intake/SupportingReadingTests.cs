using Rms.Core;
using Rms.Intake.FromFhir;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class SupportingReadingTests
{
    [Fact]
    public void A_result_says_what_was_measured_when_and_what_is_usual()
    {
        var item = Read(
            """
            {"resourceType": "Observation", "status": "preliminary",
             "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}]},
             "effectiveDateTime": "2026-02-01", "valueQuantity": {"value": 5.90, "unit": "mmol/L"},
             "referenceRange": [{"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.0, "unit": "mmol/L"}}],
             "interpretation": [{"coding": [{"code": "HH"}]}], "note": [{"text": "<p>Repeat</p>"}]}
            """
        );

        item.Text.ShouldBe("Potassium");
        item.Codes.ShouldBe([new Code("http://loinc.org", "2823-3", "Potassium")]);
        item.Date.ShouldBe("2026-02-01");
        item.Result.ShouldBe(new Measured("5.90 mmol/L", "3.5 – 5.0 mmol/L", "HH"));
        item.Result!.IsAbnormal.ShouldBeTrue();
        item.Status.ShouldBe(["preliminary"]);
        item.Detail.ShouldBe("Repeat");
    }

    [Fact]
    public void The_parts_of_a_result_are_read_each_with_its_range()
    {
        var item = Read(
            """
            {"resourceType": "Observation", "status": "final", "code": {"text": "Blood pressure"},
             "effectivePeriod": {"start": "2026-01-01", "end": "2026-01-02"},
             "component": [
               {"code": {"text": "Systolic"}, "valueQuantity": {"value": 150, "unit": "mmHg"},
                "referenceRange": [{"high": {"value": 140, "unit": "mmHg"}}], "interpretation": [{"coding": [{"code": "H"}]}]},
               {"code": {"text": "Diastolic"}, "dataAbsentReason": {"text": "not heard"}}]}
            """
        );

        item.Date.ShouldBe("2026-01-02");
        item.Status.ShouldBeEmpty();
        item.Result.ShouldBeNull();
        item.Parts.ShouldBe([
            new ResultPart("Systolic", new Measured("150 mmHg", "≤ 140 mmHg", "H")),
            new ResultPart("Diastolic", new Measured("not heard", null, null)),
        ]);
    }

    [Theory]
    [InlineData("\"medicationReference\": {\"reference\": \"Medication/m\"}", "Apixaban 5 mg")]
    [InlineData(
        "\"contained\": [{\"resourceType\": \"Medication\", \"id\": \"in\", \"code\": {\"coding\": [{\"display\": \"Bisoprolol\"}]}}], \"medicationReference\": {\"reference\": \"#in\"}",
        "Bisoprolol"
    )]
    [InlineData("\"medicationReference\": {\"reference\": \"Medication/gone\", \"display\": \"Ramipril\"}", "Ramipril")]
    [InlineData("\"medicationCodeableConcept\": {\"text\": \"Warfarin\"}", "Warfarin")]
    public void A_medication_is_named_wherever_its_name_stands(string medication, string name)
    {
        var message = Made.Json(
            """{"resourceType": "Medication", "id": "m", "code": {"text": "Apixaban 5 mg"}}""",
            $$"""
            {"resourceType": "MedicationStatement", "status": "stopped", {{medication}},
             "dosage": [{"text": "1 tab twice daily"}], "effectivePeriod": {"start": "2025-11-01"} }
            """
        );

        var item = SupportingReader.Read(message).ShouldHaveSingleItem();

        item.Text.ShouldBe(name);
        item.Detail.ShouldBe("1 tab twice daily");
        item.Status.ShouldBe(["stopped"]);
        item.Date.ShouldBe("2025-11-01");
    }

    [Fact]
    public void A_dangerous_allergy_and_one_that_was_ruled_out_are_told_apart()
    {
        var dangerous = Read(
            """
            {"resourceType": "AllergyIntolerance", "code": {"text": "Penicillin"}, "criticality": "high",
             "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
             "reaction": [{"severity": "severe", "manifestation": [{"text": "Anaphylaxis"}, {"text": "Hives"}]}]}
            """
        );
        var ruledOut = Read(
            """
            {"resourceType": "AllergyIntolerance", "code": {"text": "Latex"},
             "verificationStatus": {"coding": [{"code": "refuted"}]}}
            """
        );

        dangerous.Status.ShouldBe(["criticality-high", "severe"]);
        dangerous.Detail.ShouldBe("Anaphylaxis, Hives");
        ruledOut.Status.ShouldBe(["refuted"]);
    }

    [Fact]
    public void A_condition_says_when_it_began_or_at_what_age()
    {
        Read("""{"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetDateTime": "1999"}""")
            .Date.ShouldBe("1999");
        var atAge = Read(
            """
            {"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetAge": {"value": 12, "unit": "years"},
             "recordedDate": "2026-01-01", "clinicalStatus": {"coding": [{"code": "resolved"}]}}
            """
        );
        atAge.Detail.ShouldBe("12 years");
        atAge.Date.ShouldBe("2026-01-01");
        atAge.Status.ShouldBe(["resolved"]);
    }

    [Fact]
    public void Types_that_are_not_modelled_are_named_too()
    {
        var item = Read(
            """
            {"resourceType": "Immunization", "status": "not-done", "vaccineCode": {"coding": [{"display": "Influenza"}]},
             "occurrenceDateTime": "2025-10-10"}
            """
        );

        (item.Kind, item.Text, item.Date).ShouldBe(("Immunization", "Influenza", "2025-10-10"));
        item.Status.ShouldBe(["not-done"]);
    }

    [Theory]
    [InlineData("\"vaccineCode\": []")]
    [InlineData("\"vaccineCode\": {\"coding\": [[{}], 3, null, {\"code\": {}}]}, \"status\": 7")]
    [InlineData("\"meta\": {\"security\": [\"HTEST\", {\"code\": null}, 1]}, \"contained\": [[], 3]")]
    public void Odd_content_of_a_type_that_is_not_modelled_does_no_harm(string members)
    {
        var message = Made.Json("{\"resourceType\": \"Immunization\", " + members + "}");

        message.IsTest.ShouldBeFalse();
        SupportingReader.Read(message).Select(i => i.Text).ShouldAllBe(t => t.Length == 0);
    }

    [Fact]
    public void What_the_request_contains_is_read_like_what_lies_beside_it() =>
        Read(
            """
            {"resourceType": "ServiceRequest", "contained": [
              {"resourceType": "Condition", "id": "c", "code": {"text": "Gout"}}]}
            """
        )
            .Text.ShouldBe("Gout");

    [Fact]
    public void Contained_resources_name_each_other() =>
        Read(
            """
            {"resourceType": "ServiceRequest", "contained": [
              {"resourceType": "Medication", "id": "m", "code": {"text": "Apixaban 5 mg"}},
              {"resourceType": "MedicationStatement", "medicationReference": {"reference": "#m"}}]}
            """
        )
            .Text.ShouldBe("Apixaban 5 mg");

    private static SupportingItem Read(string resource) =>
        SupportingReader.Read(Made.Json(resource)).ShouldHaveSingleItem();
}
