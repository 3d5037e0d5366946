using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class FaultVectorTests
{
    private const string Patient = "Bundle.entry[1].resource";
    private const string Request = "Bundle.entry[3].resource";

    /// <summary>Each fault, what it is called, and every place where the tolerant reader must tell of it.</summary>
    public static TheoryData<string, IssueSeverity, string, string, string[]> All =>
        new()
        {
            { "bad-json", IssueSeverity.Fatal, Faults.BadJson, "structure", [] },
            { "bad-utf8", IssueSeverity.Fatal, Faults.BadUtf8, "structure", [""] },
            {
                "bad-utf8.lone-surrogate",
                IssueSeverity.Fatal,
                Faults.BadUtf8,
                "structure",
                [$"{Patient}.name[0].text"]
            },
            { "too-deep", IssueSeverity.Fatal, Faults.TooDeep, "too-long", [] },
            { "wrong-resource", IssueSeverity.Fatal, Faults.WrongResource, "structure", [""] },
            { "duplicate-key", IssueSeverity.Error, Faults.DuplicateKey, "structure", [$"{Patient}.gender"] },
            { "byte-order-mark", IssueSeverity.Warning, Faults.ByteOrderMark, "structure", [""] },
            {
                "unknown-element",
                IssueSeverity.Warning,
                Faults.UnknownElement,
                "structure",
                [$"{Patient}.favouriteColour"]
            },
            {
                "no-resource-type",
                IssueSeverity.Warning,
                Faults.MissingElement,
                "required",
                [$"{Patient}.resourceType"]
            },
            {
                "unknown-resource-type",
                IssueSeverity.Warning,
                Faults.UnknownResourceType,
                "not-supported",
                ["Bundle.entry[4].resource.resourceType"]
            },
            {
                "wrong-type",
                IssueSeverity.Warning,
                Faults.WrongType,
                "structure",
                [$"{Patient}.active", $"{Patient}.name", $"{Patient}.telecom[3]", $"{Patient}.birthDate"]
            },
            {
                "missing-element",
                IssueSeverity.Warning,
                Faults.MissingElement,
                "required",
                [$"{Request}.intent", $"{Request}.subject"]
            },
            {
                "bad-code",
                IssueSeverity.Warning,
                Faults.BadCode,
                "code-invalid",
                [$"{Request}.status", $"{Request}.priority"]
            },
            {
                "bad-primitive",
                IssueSeverity.Warning,
                Faults.BadPrimitive,
                "value",
                [$"{Patient}.birthDate", $"{Patient}.id"]
            },
            { "choice-twice", IssueSeverity.Warning, Faults.ChoiceTwice, "structure", [$"{Patient}.deceased"] },
            {
                "empty-value",
                IssueSeverity.Warning,
                Faults.EmptyValue,
                "structure",
                [$"{Patient}.name[0].given", $"{Patient}.telecom[0].value", $"{Patient}.address[1]"]
            },
        };

    [Theory]
    [MemberData(nameof(All))]
    public void Each_fault_is_told_with_its_severity_code_and_every_place(
        string name,
        IssueSeverity severity,
        string key,
        string code,
        string[] places
    )
    {
        var read = FhirReader.Read<Bundle>(Vectors.Bytes("faults/" + name));

        read.Issues.ShouldAllBe(issue => issue.Severity == severity && issue.Key == key && issue.Code == code);
        if (places.Length > 0)
        {
            read.Issues.Select(issue => issue.Expression).ShouldBe(places, ignoreOrder: true);
        }

        read.Issues.ShouldNotBeEmpty();
        (read.Resource is null).ShouldBe(severity == IssueSeverity.Fatal);
        read.HasErrors.ShouldBe(severity <= IssueSeverity.Error);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void To_the_strict_every_fault_is_an_error(
        string name,
        IssueSeverity severity,
        string key,
        string code,
        string[] places
    )
    {
        _ = (severity, code, places);
        var read = FhirReader.Read<Bundle>(Vectors.Bytes("faults/" + name), ReadOptions.Strict);

        read.Issues.ShouldContain(issue => issue.Key == key && issue.Severity <= IssueSeverity.Error);
        read.HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void Every_vector_of_faults_is_in_the_table()
    {
        string[] ofTheMessage = ["none", "not-a-message", "no-message-header", "add-without-service-request"];
        var told = All.Select(row => "faults/" + row.Data.Item1).Concat(ofTheMessage.Select(name => "faults/" + name));

        Vectors.In("faults").ShouldBe(told, ignoreOrder: true);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("not-a-message")]
    [InlineData("add-without-service-request")]
    public void What_only_the_guide_forbids_is_no_fault_of_the_resource(string name)
    {
        FhirReader.Read<Bundle>(Vectors.Bytes("faults/" + name), ReadOptions.Strict).Issues.ShouldBeEmpty();
    }

    [Fact]
    public void A_message_without_its_header_breaks_an_invariant()
    {
        var read = FhirReader.Read<Bundle>(Vectors.Bytes("faults/no-message-header"), ReadOptions.Strict);

        read.Issues.ShouldHaveSingleItem().Key.ShouldBe("bdl-12");
    }
}
