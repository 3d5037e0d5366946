using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Rms.Benchmarks;

/// <summary>
/// What PostgreSQL itself reaches: pgbench inserts, in one transaction each, copies of the very rows that the app wrote
/// for its latest referral, with as many clients.
/// </summary>
internal static partial class RowsAlone
{
    /// <summary>Transactions a second.</summary>
    public static async Task<(double PerSecond, int Rows)> Measure(string database, int clients, TimeSpan time)
    {
        var intake = await IntakeRows.Copy(database);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Script(intake));
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(database);
            using var pgbench = new Process
            {
                StartInfo = new ProcessStartInfo(Program())
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["PGPASSWORD"] = settings.Password ?? "" },
                },
            };
            foreach (
                var argument in (string[])
                    [
                        "-h",
                        settings.Host!,
                        "-p",
                        $"{settings.Port}",
                        "-U",
                        settings.Username!,
                        "-n",
                        "-M",
                        "prepared",
                        "-c",
                        $"{clients}",
                        "-j",
                        "2",
                        "-T",
                        time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                        "-f",
                        file,
                        settings.Database!,
                    ]
            )
                pgbench.StartInfo.ArgumentList.Add(argument);
            pgbench.Start();
            var faults = pgbench.StandardError.ReadToEndAsync();
            var output = await pgbench.StandardOutput.ReadToEndAsync();
            await pgbench.WaitForExitAsync();
            var rate = Rate().Match(output);
            return pgbench.ExitCode == 0 && rate.Success
                ? (double.Parse(rate.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture), intake.Rows.Count)
                : throw new InvalidOperationException("pgbench failed: " + await faults);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Script(IntakeRows intake)
    {
        var script = new StringBuilder("select gen_random_uuid() as r, gen_random_uuid() as m \\gset\nbegin;\n");
        foreach (var row in intake.Rows)
        {
            var values = row.Columns.Select(c =>
                row.IsReferral(c) ? ":r::uuid"
                : row.IsMessage(c) ? ":m::uuid"
                : c is { Name: "id", Type: "uuid" } ? "gen_random_uuid()"
                : c.Name is "reference" or "message_key" ? ":r::text"
                : "t." + c.Name
            );
            script.Append(
                CultureInfo.InvariantCulture,
                $"insert into {row.Table} ({row.Names}) select {string.Join(", ", values)} from {row.Copy} t;\n"
            );
        }
        return script.Append("commit;\n").ToString();
    }

    /// <summary>Debian keeps it beside the server.</summary>
    private static string Program() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .EnumerateDirectories("/usr/lib/postgresql")
                .Select(d => Path.Combine(d, "bin", "pgbench"))
                .Where(File.Exists)
                .Order(StringComparer.Ordinal)
                .LastOrDefault("pgbench")
            : "pgbench";

    [GeneratedRegex(@"tps = (?<rate>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rate();
}
