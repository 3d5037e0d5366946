using Rms.Benchmarks;

// Measures what is named, or everything:  dotnet run -c Release --project tests/Rms.Benchmarks -- fhir
var benches = new Dictionary<string, Func<Task>>
{
    ["fhir"] = () =>
    {
        FhirBench.Run();
        return Task.CompletedTask;
    },
    ["intake"] = IntakeBench.Run,
    ["growth"] = IntakeBench.RunWithMany,
};
var unknown = args.Where(name => !benches.ContainsKey(name)).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine(
        $"There is no benchmark {string.Join(", ", unknown)}. There are: {string.Join(", ", benches.Keys)}."
    );
    return 2;
}

foreach (var (name, run) in benches)
{
    if (args.Length == 0 || args.Contains(name))
    {
        await run();
    }
}

return 0;
