using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.House;

/// <summary>Rules that hold for every project: what is banned, what is pinned, what the solution holds.</summary>
public sealed partial class HouseRuleTests
{
    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now",
        "P:System.DateTime.UtcNow",
        "P:System.DateTimeOffset.Now",
        "P:System.DateTimeOffset.UtcNow",
        "M:System.Guid.NewGuid",
        "M:System.Guid.CreateVersion7",
        "P:System.Random.Shared",
        "M:System.Threading.Thread.Sleep(System.Int32)",
        "M:System.Console.WriteLine(System.String)",
    ];

    /// <summary>The one place where identifiers are made, and the programs that talk to somebody at a terminal.</summary>
    private static readonly string[] MayUseWhatIsBanned = ["src/Core/Ids.cs", "src/Simulator/Ids.cs"];

    [Fact]
    public void Clock_chance_and_console_are_banned() =>
        MustBeBanned
            .Except(Checkout.Text("BannedSymbols.txt").Split('\n').Select(l => l.Split(';')[0]))
            .ShouldBeEmpty();

    [Fact]
    public void Every_project_is_held_to_the_banned_symbols()
    {
        var everywhere = XDocument.Parse(Checkout.Text("Directory.Build.props"));
        everywhere
            .Descendants("PackageReference")
            .Select(p => (string?)p.Attribute("Include"))
            .ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        everywhere
            .Descendants("AdditionalFiles")
            .ShouldContain(f =>
                ((string)f.Attribute("Include")!).EndsWith("BannedSymbols.txt", StringComparison.Ordinal)
            );

        // A nearer file would hide the one at the root; a project could take the analyser out again.
        var nearer = Checkout
            .Projects.Select(p => Path.GetDirectoryName(p.Path)!)
            .SelectMany(folder => Ancestors(folder))
            .Distinct()
            .Where(folder => File.Exists(Path.Combine(Checkout.Root, folder, "Directory.Build.props")));
        nearer.ShouldBeEmpty();
        Checkout
            .Projects.Where(p => p.Packages.Any(r => r.Attribute("Remove") is not null) || Lenient(p))
            .Select(p => p.Path)
            .ShouldBeEmpty();
        Checkout.Text(".editorconfig").ShouldNotContain("RS0030");
    }

    [Fact]
    public void Only_the_one_place_switches_the_ban_off() =>
        Checkout
            .SourceFiles("src", "web", "tests")
            .Where(file => BanSwitchedOff().IsMatch(Checkout.Text(file)))
            .Except(MayUseWhatIsBanned)
            .ShouldBeEmpty();

    [Fact]
    public void The_solution_holds_every_project() =>
        SolutionProject()
            .Matches(Checkout.Text("Rms.sln"))
            .Select(m => m.Groups["path"].Value.Replace('\\', '/'))
            .ShouldBe(Checkout.Projects.Select(p => p.Path), ignoreOrder: true);

    [Fact]
    public void Every_package_is_pinned_to_one_version_in_one_place()
    {
        var pins = XDocument.Parse(Checkout.Text("Directory.Packages.props")).Descendants("PackageVersion").ToList();
        pins.Where(p => !ExactVersion().IsMatch((string?)p.Attribute("Version") ?? ""))
            .Select(p => (string?)p.Attribute("Include"))
            .ShouldBeEmpty();

        Checkout
            .Projects.SelectMany(p => p.Packages)
            .Where(r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null)
            .Select(r => (string?)r.Attribute("Include"))
            .ShouldBeEmpty();

        var used = Checkout
            .Projects.SelectMany(p => p.Packages)
            .Concat(XDocument.Parse(Checkout.Text("Directory.Build.props")).Descendants("PackageReference"))
            .Select(r => (string)r.Attribute("Include")!)
            .Distinct();
        used.Except(pins.Select(p => (string)p.Attribute("Include")!)).ShouldBeEmpty();
    }

    [Fact]
    public void Names_say_what_a_thing_does_and_not_that_it_helps() =>
        Checkout
            .SourceFiles("src", "web", "tests")
            .SelectMany(file => VagueTypeName().Matches(Checkout.Text(file)).Select(m => $"{file}: {m.Groups["name"]}"))
            .ShouldBeEmpty();

    private static bool Lenient(Project project) =>
        project.Xml.Descendants("NoWarn").Any()
        || project.Xml.Descendants("RunAnalyzers").Any()
        || project.Xml.Descendants("TreatWarningsAsErrors").Any()
        || project.Xml.Descendants("Nullable").Any();

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var up = folder; up is { Length: > 0 }; up = Path.GetDirectoryName(up))
            yield return up;
    }

    [GeneratedRegex(
        """^\s*(#pragma warning disable|\[.*SuppressMessage).*RS0030""",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex BanSwitchedOff();

    [GeneratedRegex(
        """^Project\([^)]*\) = "[^"]*", "(?<path>[^"]+\.csproj)",""",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        1000
    )]
    private static partial Regex SolutionProject();

    [GeneratedRegex("""^[0-9]+(\.[0-9]+){1,3}(-[0-9A-Za-z.]+)?$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExactVersion();

    [GeneratedRegex(
        """\b(class|record|interface|struct) (?<name>\w*(Service|Manager|Helper|Helpers|Utils|Dto|Base))\b""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VagueTypeName();
}
