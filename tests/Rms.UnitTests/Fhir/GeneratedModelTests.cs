using Rms.Fhir.Generator;
using Rms.Fhir.Model;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Fhir;

public class GeneratedModelTests
{
    [Fact]
    public void What_is_committed_is_what_the_generator_gives()
    {
        var folder = Path.Combine(Repository(), "src/Fhir/Model/Generated");
        var given = ModelGenerator.Files(Facts.Load());

        Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order().ShouldBe(given.Keys.Order());
        foreach (var (name, code) in given)
        {
            File.ReadAllText(Path.Combine(folder, name)).ShouldBe(code, $"{name} is stale: run src/Fhir.Generator");
        }
    }

    [Fact]
    public void Every_resource_type_that_is_wanted_has_a_class()
    {
        string[] wanted =
        [
            "Bundle",
            "MessageHeader",
            "ServiceRequest",
            "Task",
            "Patient",
            "RelatedPerson",
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "HealthcareService",
            "Location",
            "Appointment",
            "DocumentReference",
            "Binary",
            "QuestionnaireResponse",
            "Communication",
            "Consent",
            "Condition",
            "AllergyIntolerance",
            "MedicationStatement",
            "Observation",
            "Coverage",
            "Provenance",
            "Parameters",
            "OperationOutcome",
            "CapabilityStatement",
            "Endpoint",
        ];
        var had = typeof(Resource)
            .Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Resource)) && !t.IsAbstract && t != typeof(UnknownResource))
            .Select(t => ((Resource)Activator.CreateInstance(t)!).ResourceType);

        had.Order().ShouldBe(wanted.Order());
    }

    [Fact]
    public void The_facts_hold_nothing_that_their_package_added_to_R4()
    {
        var paths = Facts.Load().Types.Values.SelectMany(t => t.Elements).Select(e => e.Path).ToHashSet();

        paths.ShouldNotContain("Meta.project");
        paths.ShouldNotContain("Binary.url");
        paths.ShouldNotContain("HealthcareService.offeredIn");
        paths.ShouldContain("Meta.versionId");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rms.sln")))
        {
            folder = folder.Parent;
        }

        return folder.ShouldNotBeNull("The tests run inside the repository.").FullName;
    }
}
