using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class BundleIndexTests
{
    private const string Guid = "0f8fad5b-d9cb-469f-a165-70867728950e";

    [Theory]
    [InlineData("urn:uuid:" + Guid)]
    [InlineData("URN:UUID:0F8FAD5B-D9CB-469F-A165-70867728950E")]
    [InlineData(Guid)]
    [InlineData("Patient/p1")]
    [InlineData("Patient/p1/_history/3")]
    [InlineData("https://elsewhere.example/fhir/Patient/p1")]
    [InlineData("https://elsewhere.example/fhir/Patient/p1/_history/3")]
    public void A_resource_answers_to_each_of_its_names(string reference)
    {
        foreach (var fullUrl in new[] { "urn:uuid:" + Guid, Guid, "urn:uuid:" + Guid.ToUpperInvariant() })
        {
            var patient = new Patient { Id = "p1" };
            var index = new BundleIndex(
                new Bundle
                {
                    Entry =
                    {
                        new BundleEntry { FullUrl = fullUrl, Resource = patient },
                    },
                }
            );

            index.Resolve(reference).ShouldBeSameAs(patient);
        }
    }

    [Fact]
    public void An_absolute_fullUrl_is_found_from_a_relative_reference()
    {
        var patient = new Patient();
        var entry = new BundleEntry { FullUrl = "https://source.example/fhir/Patient/77", Resource = patient };
        var index = new BundleIndex(new Bundle { Entry = { entry } });

        index.Resolve("Patient/77").ShouldBeSameAs(patient);
        index.Resolve("https://source.example/fhir/Patient/77").ShouldBeSameAs(patient);
        index.Resolve("Practitioner/77").ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("#x")]
    [InlineData("/")]
    [InlineData("Organization/none")]
    [InlineData("urn:uuid:nonsense")]
    public void What_is_not_there_is_null(string? reference)
    {
        var index = new BundleIndex(new Bundle { Entry = { new BundleEntry { Resource = new Patient { Id = "1" } } } });

        index.Resolve(reference).ShouldBeNull();
        index.Resolve<Patient>(new Reference { ReferenceValue = reference }).ShouldBeNull();
        index.Resolve<Patient>(null).ShouldBeNull();
    }

    [Fact]
    public void A_contained_resource_is_found_in_its_container_only()
    {
        var inner = new Organization { Id = "o", Name = "O" };
        var request = new ServiceRequest { Contained = { inner } };
        var index = new BundleIndex(new Bundle { Entry = { new BundleEntry { Resource = request } } });

        index.Resolve<Organization>(new Reference { ReferenceValue = "#o" }, request).ShouldBeSameAs(inner);
        index.Resolve("#o", new ServiceRequest()).ShouldBeNull();
        index.Resolve("#", request).ShouldBeSameAs(request);
    }

    [Fact]
    public void A_reference_to_another_type_is_none_of_the_type_asked_for()
    {
        var index = new BundleIndex(new Bundle { Entry = { new BundleEntry { Resource = new Patient { Id = "1" } } } });

        index.Resolve<Practitioner>(new Reference { ReferenceValue = "Patient/1" }).ShouldBeNull();
    }

    [Fact]
    public void Of_two_that_claim_a_name_the_first_has_it()
    {
        var (first, second) = (new Patient { Id = "1" }, new Patient { Id = "1" });
        var index = new BundleIndex(
            new Bundle
            {
                Entry =
                {
                    new BundleEntry { Resource = first },
                    new BundleEntry { Resource = second },
                },
            }
        );

        index.Resolve("Patient/1").ShouldBeSameAs(first);
    }

    [Fact]
    public void Ten_thousand_entries_take_no_more_comparisons_each_than_a_hundred()
    {
        ComparisonsPerEntry(10_000).ShouldBeLessThan(ComparisonsPerEntry(100) + 1);
        ComparisonsPerEntry(10_000).ShouldBeLessThan(10);
    }

    private static double ComparisonsPerEntry(int count)
    {
        var bundle = new Bundle();
        for (var i = 0; i < count; i++)
        {
            bundle.Entry.Add(
                new BundleEntry
                {
                    FullUrl = $"https://source.example/fhir/Patient/{i}",
                    Resource = new Patient
                    {
                        Id = $"{i}",
                        Link = { new PatientLink { Other = Other((i * 7) % count) } },
                    },
                }
            );
        }

        var counting = new CountingComparer();
        var index = new BundleIndex(bundle, counting);
        foreach (var entry in bundle.Entry)
        {
            index.Resolve<Patient>(((Patient)entry.Resource!).Link[0].Other).ShouldNotBeNull();
        }

        return (double)counting.Comparisons / count;

        static Reference Other(int i) => new() { ReferenceValue = $"Patient/{i}" };
    }

    private sealed class CountingComparer : IEqualityComparer<string>
    {
        public long Comparisons { get; private set; }

        public bool Equals(string? x, string? y)
        {
            Comparisons++;
            return x == y;
        }

        // Not randomised, so that the count is the same in every run.
        public int GetHashCode(string obj) => obj.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
    }
}
