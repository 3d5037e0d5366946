using System.Text;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class ReaderTests
{
    [Fact]
    public void Primitive_extensions_survive()
    {
        const string json = """
            {"resourceType":"Patient","active":true,"_active":{"id":"a1"},
             "name":[{"given":["A",null,"C"],"_given":[{"id":"g0"},{"extension":[{"url":"http://x.example","valueCode":"unknown"}]},null]}],
             "birthDate":"1990-02","_birthDate":{"extension":[{"url":"http://x.example/t","valueDateTime":"1990-02-01T10:00:00Z"}]},
             "_gender":{"extension":[{"url":"http://x.example","valueCode":"unknown"}]}}
            """;
        var read = Json.Read<Patient>(json, ReadOptions.Strict);

        read.Issues.ShouldBeEmpty();
        var patient = read.Resource!;
        patient.PrimitiveOf("birthDate")!.Extension[0].Value.ShouldBeOfType<FhirDateTime>();
        patient.PrimitiveOf("active")!.Id.ShouldBe("a1");
        patient.Name[0].Given.ShouldBe(["A", "", "C"]);
        patient.Name[0].PrimitiveOf("given", 1)!.Extension.ShouldHaveSingleItem();
        patient.Name[0].PrimitiveOf("given", 2).ShouldBeNull();
        patient.Gender.ShouldBeNull();
        const string inOrder = """
            {"resourceType":"Patient","active":true,"_active":{"id":"a1"},"name":[{"given":["A",null,"C"],"_given":[{"id":"g0"},{"extension":[{"url":"http://x.example","valueCode":"unknown"}]},null]}],"_gender":{"extension":[{"url":"http://x.example","valueCode":"unknown"}]},"birthDate":"1990-02","_birthDate":{"extension":[{"url":"http://x.example/t","valueDateTime":"1990-02-01T10:00:00Z"}]}}
            """;
        Json.Write(patient).ShouldBe(inOrder);
    }

    [Fact]
    public void A_primitive_extension_can_be_set_and_taken_away()
    {
        var patient = new Patient { BirthDate = "1990" };
        patient.SetPrimitive("birthDate", new Element { Id = "b" });
        Json.Write(patient).ShouldBe("""{"resourceType":"Patient","birthDate":"1990","_birthDate":{"id":"b"}}""");

        patient.SetPrimitive("birthDate", null);
        Json.Write(patient).ShouldBe("""{"resourceType":"Patient","birthDate":"1990"}""");
        Should.Throw<ArgumentException>(() => patient.SetPrimitive("name", new Element()));
        Should.Throw<ArgumentException>(() => patient.SetPrimitive("birthdate", new Element()));
    }

    [Theory]
    [InlineData("""{"url":"u","valueString":"a","_valueString":{"id":"s"}}""")]
    [InlineData("""{"url":"u","_valueString":{"id":"s"},"valueString":"a"}""")]
    public void The_two_halves_of_a_choice_meet_in_either_order(string extension)
    {
        var read = Json.Read<Patient>($$"""{"resourceType":"Patient","extension":[{{extension}}]}""");

        read.Issues.ShouldBeEmpty();
        var value = read.Resource!.Extension[0].Value.ShouldBeOfType<FhirString>();
        (value.Value, value.Id).ShouldBe(("a", "s"));
    }

    [Theory]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.500}}"""
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":-0.00}}"""
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.20E+3}}"""
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.12345678901234567890123456789012345}}"""
    )]
    public void Decimals_keep_their_digits(string json) => Json.ShouldRoundTrip<Observation>(json);

    [Theory]
    [InlineData("1985")]
    [InlineData("1985-07")]
    [InlineData("1985-07-15")]
    public void Partial_dates_survive(string date) =>
        Json.ShouldRoundTrip<Patient>($$"""{"resourceType":"Patient","birthDate":"{{date}}"}""");

    [Fact]
    public void Contained_and_unknown_resources_survive()
    {
        Json.ShouldRoundTrip<ServiceRequest>(
            """
            {"resourceType":"ServiceRequest","contained":[{"resourceType":"Media","id":"m","status":"completed",
             "content":{"size":1.0,"title":"a \"b\" \\ c"},"list":[1,null,[true,{}],"é"]},{"resourceType":"Organization","id":"o","name":"O"}],
             "status":"active","intent":"order","subject":{"reference":"Patient/1"},"requester":{"reference":"#o"}}
            """
        );
    }

    [Fact]
    public void An_unknown_resource_keeps_its_type_id_and_text()
    {
        var bundle = Json.Read<Bundle>(
            """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"id":"m","resourceType":"Media","status":"completed"}}]}"""
        );

        bundle.Issues.ShouldBeEmpty();
        var media = bundle.Resource!.Entry[0].Resource.ShouldBeOfType<UnknownResource>();
        (media.ResourceType, media.Id).ShouldBe(("Media", "m"));
        Encoding.UTF8.GetString(media.Json.Span).ShouldBe("""{"id":"m","resourceType":"Media","status":"completed"}""");
    }

    [Fact]
    public void The_type_of_a_resource_may_stand_last()
    {
        var read = Json.Read<Bundle>(
            """{"type":"message","entry":[{"resource":{"contained":[{"id":"c","resourceType":"Patient"}],"resourceType":"Patient"}}],"resourceType":"Bundle"}"""
        );

        read.Issues.ShouldBeEmpty();
        read.Resource!.Entry[0]
            .Resource.ShouldBeOfType<Patient>()
            .Contained[0]
            .ShouldBeOfType<Patient>()
            .Id.ShouldBe("c");
    }

    [Fact]
    public void What_stands_in_the_wrong_shape_is_kept_where_it_can_be()
    {
        var read = Json.Read<Patient>(
            """
            {"resourceType":"Patient","active":"true","name":{"given":"Ann","family":["Lee"]},"multipleBirthInteger":"2",
             "maritalStatus":[{"text":"M"}],"birthDate":1990,"photo":[{"size":"12"}],"gender":["other"],
             "telecom":[{"rank":"x"},"loose"],"extension":[{"url":"u","valueDecimal":"1.50"}]}
            """
        );

        read.HasErrors.ShouldBeFalse();
        read.Issues.ShouldAllBe(issue => issue.Key == Faults.WrongType);
        var patient = read.Resource!;
        patient.Active.ShouldBe(true);
        patient.Name[0].Given.ShouldBe(["Ann"]);
        patient.Name[0].Family.ShouldBe("Lee");
        patient.MultipleBirth.ShouldBeOfType<FhirInteger>().Value.ShouldBe(2);
        patient.MaritalStatus!.Text.ShouldBe("M");
        patient.BirthDate.ShouldBe("1990");
        patient.Photo[0].Size.ShouldBe(12);
        patient.Gender.ShouldBe("other");
        patient.Telecom.ShouldHaveSingleItem().Rank.ShouldBeNull();
        patient.Extension[0].Value.ShouldBeOfType<FhirDecimalElement>().Value!.Value.ToString().ShouldBe("1.50");
    }

    [Fact]
    public void The_first_of_several_values_is_kept_where_one_belongs()
    {
        var read = Json.Read<Patient>("""{"resourceType":"Patient","gender":["male","female"],"birthDate":[]}""");

        read.Resource!.Gender.ShouldBe("male");
        read.Resource.BirthDate.ShouldBeNull();
        read.Issues.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","x":1,"x":2}""", "Patient.x")]
    [InlineData("""{"resourceType":"Patient","x":{"y":1,"y":2}}""", "Patient")]
    [InlineData("""{"resourceType":"Patient","id":"a","\u0069d":"b"}""", "Patient.id")]
    [InlineData("""{"resourceType":"Patient","resourceType":"Patient"}""", "Patient.resourceType")]
    [InlineData("""{"resourceType":"Patient","_id":{"id":"x"},"_id":{"id":"y"}}""", "Patient.id")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":true,"deceasedBoolean":true}""", "Patient.deceased")]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"resourceType":"Media","a":1,"a":2}]}""",
        "Patient.contained[0]"
    )]
    [InlineData(
        """{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020","deceasedDateTime":"2020"}""",
        "Patient.deceased"
    )]
    public void A_duplicate_name_is_an_error_wherever_it_stands(string json, string place)
    {
        var duplicate = Json.Read<Patient>(json).Issues.Single(issue => issue.Key == Faults.DuplicateKey);

        duplicate.Severity.ShouldBe(IssueSeverity.Error);
        duplicate.Expression.ShouldBe(place);
    }

    [Theory]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"}""", "true")]
    [InlineData("""{"resourceType":"Patient","deceasedBoolean":false,"_deceasedDateTime":{"id":"x"}}""", "false")]
    [InlineData("""{"resourceType":"Patient","deceasedDateTime":"2020","_deceasedBoolean":{"id":"x"}}""", "2020")]
    public void Of_two_choices_the_first_is_kept(string json, string kept)
    {
        var read = Json.Read<Patient>(json);

        read.Issues.ShouldHaveSingleItem().Key.ShouldBe(Faults.ChoiceTwice);
        read.Resource!.Deceased.ShouldBeAssignableTo<FhirPrimitive>()!.Text.ShouldBe(kept);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("{\"resourceType\":\"Patient\"} x")]
    [InlineData("{\"resourceType\":\"Patient\",}")]
    [InlineData("{\"resourceType\":\"Patient\" /* c */}")]
    [InlineData("{\"resourceType\":\"Observation\"}")]
    [InlineData("{\"resourceType\":7}")]
    public void What_is_no_patient_gives_none_and_says_why(string json)
    {
        var read = Json.Read<Patient>(json);

        read.Resource.ShouldBeNull();
        read.Issues.ShouldContain(issue => issue.Severity == IssueSeverity.Fatal);
    }

    [Fact]
    public void No_issue_repeats_what_was_sent()
    {
        var read = Json.Read<Patient>(
            """{"resourceType":"Patient","Sekret secret!":1,"gender":"Sekret","birthDate":"Sekret","active":"Sekret","name":"Sekret"}"""
        );

        read.Issues.Count.ShouldBe(6);
        read.Issues.ShouldAllBe(issue => !issue.ToString().Contains("Sekret"));
    }

    [Fact]
    public void Control_characters_are_told_and_kept()
    {
        var read = Json.Read<Patient>(
            """{"resourceType":"Patient","name":[{"text":"a\u0007b"},{"text":"a\tb\r\n"}]}"""
        );

        read.Issues.ShouldHaveSingleItem().Expression.ShouldBe("Patient.name[0].text");
        read.Resource!.Name[0].Text.ShouldBe("a\u0007b");
    }

    [Fact]
    public void The_issues_stand_in_the_order_of_the_message()
    {
        var read = Json.Read<Bundle>(
            """
            {"resourceType":"Bundle","type":"telegram","entry":[{"resource":{"resourceType":"Patient","gender":"x"}},
             {"resource":{"resourceType":"Patient","name":[{"use":"usual"},{"use":"x","period":{"start":"soon"}}]}},{"fulUrl":"y"}]}
            """
        );

        read.Issues.Select(issue => issue.Expression)
            .ShouldBe([
                "Bundle.type",
                "Bundle.entry[0].resource.gender",
                "Bundle.entry[1].resource.name[1].use",
                "Bundle.entry[1].resource.name[1].period.start",
                "Bundle.entry[2].fulUrl",
            ]);
    }

    [Fact]
    public void Issues_become_an_OperationOutcome()
    {
        var outcome = FhirReader.Read<Bundle>(Vectors.Bytes("faults/bad-code")).Issues.ToOperationOutcome();

        outcome.Issue.Count.ShouldBe(2);
        outcome.Issue[0].Severity.ShouldBe(IssueSeverityCodes.Warning);
        outcome.Issue[0].Code.ShouldBe(IssueTypeCodes.CodeInvalid);
        outcome.Issue[0].Expression.ShouldBe(["Bundle.entry[3].resource.status"]);
        FhirReader.Read<OperationOutcome>(FhirWriter.Write(outcome), ReadOptions.Strict).Issues.ShouldBeEmpty();
        Array.Empty<FhirIssue>().ToOperationOutcome().Issue[0].Severity.ShouldBe(IssueSeverityCodes.Information);
    }
}
