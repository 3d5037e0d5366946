using System.Text;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class BoundsTests
{
    [Theory]
    [InlineData(64, false)]
    [InlineData(65, true)]
    public void Depth_is_bounded(int depth, bool tooDeep)
    {
        // The resource is the first object; each array in the unknown element is one more.
        var json = $$"""{"resourceType":"Patient","x":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}}}""";

        Json.Read<Patient>(json).Issues.Any(issue => issue.Key == Faults.TooDeep).ShouldBe(tooDeep);
    }

    [Theory]
    [InlineData("""{"x":[[[[[]]]]],"resourceType":"Patient"}""")]
    [InlineData("""{"resourceType":"Patient","contained":[{"x":[[[[]]]],"resourceType":"Patient"}]}""")]
    [InlineData("""{"resourceType":"Patient","extension":[{"extension":[{"extension":[{"extension":[]}]}]}]}""")]
    public void Depth_is_told_as_depth_wherever_it_is_met(string json)
    {
        var read = Json.Read<Patient>(json, new ReadOptions { MaxDepth = 4 });

        read.Issues.Single(issue => issue.Severity == IssueSeverity.Fatal).Key.ShouldBe(Faults.TooDeep);
        read.Resource.ShouldBeNull();
    }

    [Fact]
    public void A_hundred_thousand_brackets_do_no_harm()
    {
        Json.Read<Patient>("{\"resourceType\":\"Patient\",\"x\":" + new string('[', 100_000)).HasErrors.ShouldBeTrue();
        Json.Read<Patient>(new string('[', 100_000)).HasErrors.ShouldBeTrue();
        Json.Read<Patient>(string.Concat(Enumerable.Repeat("{\"contained\":[", 50_000))).HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void The_deepest_reading_that_can_be_asked_for_fits_the_stack()
    {
        var nested = string.Concat(Enumerable.Repeat("{\"extension\":[", 240)) + "{\"url\":\"u\",\"valueCode\":\"c\"}";
        nested += string.Concat(Enumerable.Repeat("],\"url\":\"u\"}", 240));
        var json = $$"""{"resourceType":"Patient","extension":[{{nested}}]}""";

        var read = Json.Read<Patient>(json, new ReadOptions { MaxDepth = 500, Manner = Manner.Strict });

        read.Issues.ShouldBeEmpty();
        Json.Write(read.Resource!).ShouldBe(json);
        Should.Throw<ArgumentOutOfRangeException>(() => Json.Read<Patient>(json, new ReadOptions { MaxDepth = 501 }));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Entries_are_counted_through_bundles_in_bundles(int most, bool tooMany)
    {
        const string json = """
            {"resourceType":"Bundle","type":"collection","entry":[{"resource":
             {"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"a"},{"fullUrl":"b"}]}}]}
            """;

        var read = Json.Read<Bundle>(json, new ReadOptions { MaxEntries = most });

        read.Issues.Any(issue => issue.Key == Faults.TooManyEntries).ShouldBe(tooMany);
        (read.Resource is null).ShouldBe(tooMany);
    }

    [Fact]
    public void Size_is_bounded()
    {
        var json = Encoding.UTF8.GetBytes("""{"resourceType":"Patient"}""");

        FhirReader.Read<Patient>(json, new ReadOptions { MaxBytes = json.Length }).HasErrors.ShouldBeFalse();
        FhirReader
            .Read<Patient>(json, new ReadOptions { MaxBytes = json.Length - 1 })
            .Issues.ShouldHaveSingleItem()
            .Key.ShouldBe(Faults.TooLarge);
    }

    [Fact]
    public void Issues_are_bounded_but_no_error_is_lost()
    {
        var unknown = string.Join(',', Enumerable.Range(0, 50).Select(i => $"\"x{i}\":1"));
        var json = $$"""{"resourceType":"Patient",{{unknown}},"id":"a","id":"b"}""";

        var read = Json.Read<Patient>(json, new ReadOptions { MaxIssues = 10 });

        read.Issues.Count.ShouldBe(12);
        read.Issues.ShouldContain(issue => issue.Key == Faults.TooManyIssues);
        read.HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void What_is_sent_never_enters_the_table_of_known_texts()
    {
        var first = Json.Read<Patient>("""{"resourceType":"Patient","id":"made-up"}""").Resource!;
        var second = Json.Read<Patient>("""{"resourceType":"Patient","id":"made-up"}""").Resource!;
        var known = Json.Read<Patient>("""{"resourceType":"Patient","name":[{"use":"official"}]}""").Resource!;

        ReferenceEquals(first.Id, second.Id).ShouldBeFalse();
        ReferenceEquals(known.Name[0].Use, NameUseCodes.Official).ShouldBeTrue();
    }
}
