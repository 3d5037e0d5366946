using System.Runtime.CompilerServices;
using Rms.Fhir.Generator;

// Writes src/Fhir/Model/Generated anew from facts/r4.json:  dotnet run --project src/Fhir.Generator
var folder = Path.GetFullPath(Path.Combine(Here(), "../Fhir/Model/Generated"));
var files = ModelGenerator.Files(Facts.Load());
Directory.CreateDirectory(folder);
foreach (var old in Directory.EnumerateFiles(folder, "*.g.cs").Where(f => !files.ContainsKey(Path.GetFileName(f))))
{
    File.Delete(old);
}

foreach (var (name, code) in files)
{
    File.WriteAllText(Path.Combine(folder, name), code);
}

Console.Out.WriteLine($"{files.Count} files in {folder}");

static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
