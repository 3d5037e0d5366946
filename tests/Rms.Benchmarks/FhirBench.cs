using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rms.Fhir;
using Rms.Fhir.Model;

namespace Rms.Benchmarks;

/// <summary>
/// What reading and writing FHIR costs, beside JsonDocument.Parse on the same bytes in the same run. The actions take
/// turns, so that whatever else the machine does falls on all of them alike; medians over all calls are told.
/// </summary>
internal static class FhirBench
{
    private const int Turns = 41;
    private static readonly TimeSpan TurnLength = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private sealed record Row(string Name, Func<object> Action)
    {
        public List<double> Microseconds { get; } = [];
        public long Allocated { get; set; }

        /// <summary>Processor time of the whole process, collector included, which waiting for a processor does not add to.</summary>
        public TimeSpan Processor { get; set; }
        public double Median => At(50);

        /// <summary>What so many of a hundred calls stayed below.</summary>
        public double At(int percent) => Microseconds.Order().ElementAt(Microseconds.Count * percent / 100);
    }

    public static void Run()
    {
        Say($"FHIR reading and writing on {Machine()}");
        Say(
            $"{Turns} turns of {TurnLength.TotalMilliseconds:0} ms for each row, after warm-up; each call timed alone."
        );
        foreach (var (name, bytes) in Messages())
        {
            Message(name, bytes);
        }

        Entries();
    }

    private static void Message(string name, byte[] bytes)
    {
        var bundle = FhirReader.Read<Bundle>(bytes).Resource!;
        Row json = new("JsonDocument.Parse", () => Parse(bytes));
        Row read = new("FhirReader.Read, tolerant", () => FhirReader.Read<Bundle>(bytes));
        Row strict = new(
            "FhirReader.Read, strict with invariants",
            () => FhirReader.Read<Bundle>(bytes, ReadOptions.Strict)
        );
        Row write = new("FhirWriter.Write", () => FhirWriter.Write(bundle));
        Row tree = new("JsonNode, every value a string (for comparison)", () => Strings(bytes));
        Measure(json, read, strict, write, tree);

        Say("");
        Say($"{name}, {bytes.Length:N0} bytes");
        Say($"  {"", -48} {"median µs", 10} {"p10", 9} {"p90", 9} {"allocated kB", 13} {"of Parse", 9}");
        foreach (var row in new[] { json, read, strict, write, tree })
        {
            Say(
                $"  {row.Name, -48} {row.Median, 10:0.0} {row.At(10), 9:0.0} {row.At(90), 9:0.0} {row.Allocated / 1000.0, 13:0.0} {row.Median / json.Median, 8:0.00}x"
            );
        }

        Judge("reading is at most 3.0 times Parse", read.Median <= 3 * json.Median);
        Judge("reading allocates at most 300 kB", read.Allocated <= 300_000);
        Judge("writing is no slower than reading", write.Median <= read.Median);
    }

    /// <summary>What one entry costs in small and large bundles: reading, indexing, and resolving a reference of each.</summary>
    private static void Entries()
    {
        int[] counts = [100, 1_000, 10_000];
        var rows = counts
            .Select(count => new Row(count.ToString(CultureInfo.InvariantCulture), Resolved(count)))
            .ToArray();
        Measure(rows);
        Say("");
        Say("Bundles read, indexed, and one reference of each entry resolved");
        Say($"  {"entries", 10} {"median µs", 12} {"processor µs per entry", 24} {"kB per entry", 14}");
        foreach (var (row, count) in rows.Zip(counts))
        {
            Say(
                $"  {count, 10:N0} {row.Median, 12:0.0} {PerEntry(row, count), 24:0.000} {row.Allocated / 1000.0 / count, 14:0.00}"
            );
        }

        var ratio = PerEntry(rows[^1], counts[^1]) / PerEntry(rows[0], counts[0]);
        Say($"  an entry of {counts[^1]:N0} costs {ratio:0.00} times one of {counts[0]:N0}");
    }

    private static double PerEntry(Row row, int count) =>
        row.Processor.TotalMicroseconds / row.Microseconds.Count / count;

    private static Func<object> Resolved(int count)
    {
        var bundle = new Bundle { Type = BundleTypeCodes.Collection };
        for (var i = 0; i < count; i++)
        {
            var task = new FhirTask
            {
                Id = $"t{i}",
                Status = TaskStatusCodes.Received,
                Intent = TaskIntentCodes.Order,
                PartOf = { new Reference { ReferenceValue = $"Task/t{i * 7L % count}" } },
            };
            bundle.Entry.Add(
                new BundleEntry { FullUrl = $"https://source.example.org/fhir/Task/t{i}", Resource = task }
            );
        }

        var bytes = FhirWriter.Write(bundle);
        return () =>
        {
            var read = FhirReader.Read<Bundle>(bytes).Resource!;
            var index = new BundleIndex(read);
            var found = 0;
            foreach (var entry in read.Entry)
            {
                found += index.Resolve<FhirTask>(((FhirTask)entry.Resource!).PartOf[0]) is null ? 0 : 1;
            }

            return found == count ? read : throw new InvalidOperationException("A reference was not resolved.");
        };
    }

    private static void Measure(params Row[] rows)
    {
        foreach (var row in rows)
        {
            var clock = Stopwatch.StartNew();
            for (var calls = 0; clock.Elapsed < WarmUp || calls < 50; calls++)
            {
                row.Action();
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            row.Action();
            row.Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            foreach (var row in rows)
            {
                // Each call is timed alone: one that the machine interrupts is one of many, and moves no median.
                var clock = Stopwatch.StartNew();
                var processor = Environment.CpuUsage.TotalTime;
                do
                {
                    var start = Stopwatch.GetTimestamp();
                    row.Action();
                    row.Microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                } while (clock.Elapsed < TurnLength);

                row.Processor += Environment.CpuUsage.TotalTime - processor;
            }
        }
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document;
    }

    /// <summary>A tree with every value made: what a reader without a model of its own does.</summary>
    private static JsonNode Strings(byte[] bytes)
    {
        var root = JsonNode.Parse(bytes)!;
        Touch(root);
        return root;

        static void Touch(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject o:
                    foreach (var (_, child) in o)
                    {
                        Touch(child);
                    }

                    break;
                case JsonArray a:
                    foreach (var child in a)
                    {
                        Touch(child);
                    }

                    break;
                default:
                    _ = node?.ToString();
                    break;
            }
        }
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Messages()
    {
        var form = File.ReadAllBytes(
            Path.Combine(AppContext.BaseDirectory, "vectors/v0.11.1/add-service-request.form.json")
        );
        yield return ("Our own vector, a referral with a form", form);
        yield return ("The same without white space", FhirWriter.Write(FhirReader.Read<Bundle>(form).Resource!));
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var sample = Path.Combine(at.FullName, "shared/samples/ocean-v0.11.1/add-service-request.HTEST.json");
            if (File.Exists(sample))
            {
                var bytes = File.ReadAllBytes(sample);
                yield return ("A sample of a real sender's shape", bytes);
                yield return (
                    "The same without white space",
                    FhirWriter.Write(FhirReader.Read<Bundle>(bytes).Resource!)
                );
                yield break;
            }
        }
    }

    private static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        var gc = GCSettings.IsServerGC ? "server GC" : "workstation GC";
        return $"{model?.Split(':')[1].Trim() ?? "an unknown processor"}, {Environment.ProcessorCount} processors, "
            + $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Trim()}, {gc}";
    }

    private static void Judge(string what, bool holds) => Say($"  {(holds ? "holds" : "FAILS")}: {what}");

    private static void Say(FormattableString line) =>
        Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => Console.Out.WriteLine(line);
}
