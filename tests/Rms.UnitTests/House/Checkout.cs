using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Rms.UnitTests.House;

/// <summary>The repository's own files, as the tests about the house read them.</summary>
internal static class Checkout
{
    private static readonly string[] RoomsWithProjects = ["src", "web", "tests"];

    /// <summary>The folder with Rms.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every project of the repository.</summary>
    public static IReadOnlyList<Project> Projects { get; } =
    [
        .. RoomsWithProjects
            .SelectMany(room =>
                Directory.EnumerateFiles(Path.Combine(Root, room), "*.csproj", SearchOption.AllDirectories)
            )
            .Order(StringComparer.Ordinal)
            .Select(file => new Project(
                Path.GetFileNameWithoutExtension(file),
                Path.GetRelativePath(Root, file).Replace('\\', '/'),
                XDocument.Load(file)
            )),
    ];

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The C# that people wrote: nothing generated or built.</summary>
    public static IEnumerable<string> SourceFiles(params string[] rooms) =>
        rooms
            .SelectMany(room => Directory.EnumerateFiles(Path.Combine(Root, room), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file =>
                !file.Contains("/Generated/", StringComparison.Ordinal)
                && !file.Contains("/obj/", StringComparison.Ordinal)
            );

    // From the source's own place when the tests run where they were built, else upwards from where they run.
    private static string FindRoot([CallerFilePath] string here = "")
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(here) })
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Rms.sln")))
                    return folder;
            }
        }
        throw new DirectoryNotFoundException(
            "The tests about the house need the repository: no Rms.sln is above them."
        );
    }
}

/// <summary>One project file.</summary>
internal sealed record Project(string Name, string Path, XDocument Xml)
{
    /// <summary>Names of the projects that it references.</summary>
    public IEnumerable<string> References =>
        Xml.Descendants("ProjectReference")
            .Select(r => System.IO.Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

    public IEnumerable<XElement> Packages => Xml.Descendants("PackageReference");
}
