using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Rms.Core.Migrations;
using Rms.Web;

namespace Rms.Benchmarks;

/// <summary>
/// Full intake over real HTTP: token, parse, map, seal, one durable commit of everything, answer. Client, app and
/// PostgreSQL share the machine.
/// </summary>
internal static class IntakeBench
{
    private const int Clients = 8;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(15);

    /// <summary>As fast as it can, and at a steady rate, beside what PostgreSQL itself reaches.</summary>
    public static Task Run() => OnItsOwnDatabase(Measure);

    /// <summary>The same with ten thousand referrals there already, and with a million.</summary>
    public static Task RunWithMany() => OnItsOwnDatabase(MeasureGrowth);

    private static async Task OnItsOwnDatabase(Func<HttpClient, string, Task> measure)
    {
        var server =
            Environment.GetEnvironmentVariable("RMS_BENCH_DATABASE")
            ?? throw new InvalidOperationException("RMS_BENCH_DATABASE is missing: run ./rms bench intake");
        var name = $"rms_bench_{Environment.ProcessId}";
        await Execute(server, $"create database {name}");
        var data = Directory.CreateTempSubdirectory("rms-bench-").FullName;
        try
        {
            var database = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
            await MigrationRunner.Run(
                database,
                new NpgsqlConnectionStringBuilder(database).Username!,
                Migration.Folder,
                _ => { }
            );
            await OnAnApp(database, data, measure);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await Execute(server, $"drop database {name} with (force)");
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task OnAnApp(string database, string data, Func<HttpClient, string, Task> measure)
    {
        await using var app = RmsApp.Build(
            [],
            configuration =>
                configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["RMS_PORT"] = "0",
                        ["RMS_DATA"] = data,
                        ["RMS_DEMO"] = "1",
                        ["RMS_DATABASE"] = database,
                        ["RMS_DEMO_SOURCE_URL"] = "http://127.0.0.1:9/fhir/$process-messages",
                        ["Logging:LogLevel:Default"] = "None",
                    }
                )
        );
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await measure(http, database);
        await app.StopAsync();
    }

    private static async Task Measure(HttpClient http, string database)
    {
        Head();
        foreach (var vector in (string[])["v0.10.0/add-service-request", "v0.11.1/add-service-request.form"])
        {
            await SignIn(http, vector);
            var template = Template.From(vector);
            await Load(http, template, WarmUp, rate: null);
            // The steady rate comes first: it leaves the compiler room to finish what the warm-up asked of it.
            Print(vector + " at 200/s", template, await Load(http, template, Measured, rate: 200));
            var full = await Load(http, template, Measured, rate: null);
            Print(vector, template, full);
            var (alone, rows) = await RowsAlone.Measure(database, Clients, Measured);
            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  pgbench, the same {rows} rows a commit {alone, 25:0} a second; intake reaches {full.PerSecond / alone:0.00} of it"
                )
            );
        }
    }

    private static async Task MeasureGrowth(HttpClient http, string database)
    {
        Head();
        const string vector = "v0.11.1/add-service-request.form";
        await SignIn(http, vector);
        var template = Template.From(vector);
        await Load(http, template, WarmUp, rate: null);
        var earlier = await IntakeRows.Copy(database);
        var there = 0;
        foreach (var many in (int[])[10_000, 1_000_000])
        {
            var watch = Stopwatch.StartNew();
            await earlier.Multiply(database, there + 1, many - there);
            there = many;
            await AuditSealed(database);
            Console.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {many} referrals, made in {watch.Elapsed.TotalSeconds:0} s"
                )
            );
            await Load(http, template, TimeSpan.FromSeconds(5), rate: null);
            for (var i = 0; i < 2; i++)
            {
                Print("as fast as it can", template, await Load(http, template, Measured, rate: null));
                Print("at 200/s", template, await Load(http, template, Measured, rate: 200));
            }
        }
    }

    /// <summary>The app chains the audit rows of the filling as it would any; that work is not measured.</summary>
    private static async Task AuditSealed(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var left = new NpgsqlCommand(
            "select (select count(*) from core.audit) - (select count(*) from core.audit_link)",
            connection
        );
        while ((long)(await left.ExecuteScalarAsync())! > 0)
            await Task.Delay(500);
    }

    private static void Head()
    {
        Console.Out.WriteLine();
        Console.Out.WriteLine(
            $"Intake, {Clients} clients, {Environment.ProcessorCount} cores, durable commits, everything on this machine"
        );
        Console.Out.WriteLine("message                                   size    a second   p50 ms   p99 ms   faults");
    }

    private static async Task SignIn(HttpClient http, string vector)
    {
        var version = vector[1..5] == "0.10" ? "10" : "11";
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Token(http, version));
    }

    private static async Task<Result> Load(HttpClient http, Template template, TimeSpan time, int? rate)
    {
        var latencies = new List<double>[Clients];
        var faults = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async client =>
                {
                    var own = latencies[client] = [];
                    for (var n = 0; watch.Elapsed < time; n++)
                    {
                        var start = watch.Elapsed;
                        if (rate is { } perSecond)
                        {
                            // Each at its own time, whether or not the one before is done: waiting counts as latency.
                            start = TimeSpan.FromSeconds((client + (n * (double)Clients)) / perSecond);
                            if (start > watch.Elapsed)
                                await Task.Delay(start - watch.Elapsed);
                        }
                        using var content = new ByteArrayContent(template.Next());
                        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
                        using var answer = await http.PostAsync("/fhir/$process-message", content);
                        if (!answer.IsSuccessStatusCode)
                            Interlocked.Increment(ref faults);
                        own.Add((watch.Elapsed - start).TotalMilliseconds);
                    }
                })
        );
        var all = latencies.SelectMany(l => l).Order().ToList();
        return new Result(
            all.Count / watch.Elapsed.TotalSeconds,
            all[all.Count / 2],
            all[all.Count * 99 / 100],
            faults
        );
    }

    private static void Print(string name, Template template, Result result) =>
        Console.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -40} {template.Size / 1024.0, 4:0} kB {result.PerSecond, 9:0} {result.P50, 8:0.0} {result.P99, 8:0.0} {result.Faults, 8}"
            )
        );

    private static async Task<string> Token(HttpClient http, string version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token?grant_type=client_credentials");
        var client = "demo-source-v" + version;
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{client}-secret"))
        );
        using var answer = await http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
    }

    private static async Task Execute(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Result(double PerSecond, double P50, double P99, int Faults);

    /// <summary>A vector, each time under new ids.</summary>
    private sealed class Template(string text, string id, string reference)
    {
        private int _made;

        public int Size => text.Length;

        public static Template From(string vector)
        {
            var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors", vector + ".json"));
            var header = JsonNode.Parse(text)!["entry"]![0]!["resource"]!;
            var extension = header["extension"]![0]!;
            var reference = extension["valueString"] ?? extension["valueIdentifier"]!["value"];
            return new Template(text, header["id"]!.GetValue<string>(), reference!.GetValue<string>());
        }

        public byte[] Next()
        {
            var number = Interlocked.Increment(ref _made);
            return Encoding.UTF8.GetBytes(
                text.Replace(id, new Guid(number, 1, (short)text.Length, [8, 0, 0, 0, 0, 0, 0, 1]).ToString())
                    .Replace(reference, new Guid(number, 2, (short)text.Length, [8, 0, 0, 0, 0, 0, 0, 2]).ToString())
            );
        }
    }
}
