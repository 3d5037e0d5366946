using System.Reflection;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.House;

/// <summary>Who knows whom, as the README draws it: modules never know each other, only web knows them all.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly string[] Module = ["Rms.Core", "Rms.Directories", "Rms.Fhir"];

    private static readonly Dictionary<string, string[]> Drawing = new()
    {
        ["Rms.Core"] = [],
        ["Rms.Fhir"] = [],
        ["Rms.Directories"] = ["Rms.Core"],
        ["Rms.Intake"] = Module,
        ["Rms.Triage"] = Module,
        ["Rms.Scheduling"] = Module,
        ["Rms.Notifications"] = Module,
        ["Rms.Revocation"] = Module,
        ["Rms.Web"] = [.. Module, "Rms.Intake", "Rms.Notifications", "Rms.Revocation", "Rms.Scheduling", "Rms.Triage"],
        ["Rms.Simulator"] = [],
        ["Rms.Fhir.Generator"] = [],
    };

    private static readonly string[] ForTestsOnly = ["Rms.Simulator", "Rms.Fhir.Generator"];

    private static IEnumerable<Project> Product =>
        Checkout.Projects.Where(p => !p.Path.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void Every_project_of_the_product_is_in_the_drawing() =>
        Product.Select(p => p.Name).ShouldBe(Drawing.Keys, ignoreOrder: true);

    [Fact]
    public void Every_project_knows_those_that_the_drawing_says_and_no_other()
    {
        var differences = Product
            .Where(p => Drawing.ContainsKey(p.Name))
            .SelectMany(p =>
                p.References.Except(Drawing[p.Name])
                    .Select(r => $"{p.Path} references {r}, which it must not know.")
                    .Concat(
                        Drawing[p.Name].Except(p.References).Select(r => $"{p.Path} does not reference {r}, as drawn.")
                    )
            );
        differences.ShouldBeEmpty();
    }

    [Fact]
    public void Only_tests_use_the_simulator_and_the_generator() =>
        Product.SelectMany(p => p.References.Intersect(ForTestsOnly)).ShouldBeEmpty();

    // What reaches a project through another's references is only seen in what the compiler wrote.
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void What_was_compiled_knows_no_more_than_the_drawing_says(string name) =>
        Assembly
            .Load(name)
            .GetReferencedAssemblies()
            .Select(a => a.Name!)
            .Where(n => n.StartsWith("Rms.", StringComparison.Ordinal))
            .ShouldBeSubsetOf(Drawing[name]);

    public static TheoryData<string> Assemblies() => [.. Drawing.Keys];
}
