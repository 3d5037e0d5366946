using System.Text.Json.Nodes;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

/// <summary>Runs over messages of others where a folder of them stands beside the checkout (or RMS_SHARED says where).</summary>
public class SampleTests
{
    [Fact]
    public void Every_sample_message_at_hand_is_read_without_error_and_written_again_whole()
    {
        foreach (var file in Files("ocean-v0.10.0", "ocean-v0.11.1", "expected-outbound").Where(IsResource))
        {
            var bytes = File.ReadAllBytes(file);
            var read = FhirReader.Read<Resource>(bytes);

            read.HasErrors.ShouldBeFalse(file);
            read.Issues.Count.ShouldBeLessThan(3, file);
            // Senders need not keep FHIR's order of elements; our writer does.
            var same = JsonNode.DeepEquals(JsonNode.Parse(bytes), JsonNode.Parse(FhirWriter.Write(read.Resource!)));
            same.ShouldBeTrue(file);
        }
    }

    [Fact]
    public void Every_message_that_a_target_sends_keeps_the_rules()
    {
        foreach (var file in Files("expected-outbound").Where(IsResource))
        {
            FhirReader.Read<Resource>(File.ReadAllBytes(file), ReadOptions.Strict).Issues.ShouldBeEmpty(file);
        }
    }

    [Fact]
    public void Samples_that_are_no_R4_are_read_with_warnings_and_no_harm()
    {
        foreach (var file in Files("other"))
        {
            var read = FhirReader.Read<Bundle>(File.ReadAllBytes(file));

            read.Resource.ShouldNotBeNull(file);
            FhirReader.Read<Bundle>(FhirWriter.Write(read.Resource)).HasErrors.ShouldBeFalse(file);
        }
    }

    private static bool IsResource(string file) => File.ReadAllText(file).Contains("\"resourceType\"");

    private static IEnumerable<string> Files(params string[] folders)
    {
        var samples = Samples();
        return samples is null
            ? []
            : folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(samples, f), "*.json"));
    }

    private static string? Samples()
    {
        if (Environment.GetEnvironmentVariable("RMS_SHARED") is { Length: > 0 } shared)
        {
            return Path.Combine(shared, "samples");
        }

        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var beside = Path.Combine(at.FullName, "shared", "samples");
            if (Directory.Exists(beside))
            {
                return beside;
            }
        }

        return null;
    }
}
