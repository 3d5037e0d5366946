using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rms.Simulator.Api;
using Rms.Simulator.Messages;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator;

/// <summary>
/// The <c>send</c> command. When a simulator runs at this address it is asked to send, so that it knows the referrals
/// when the target answers; otherwise this process sends them itself.
/// </summary>
internal static class CommandLine
{
    public const string Help = """
        Rms.Simulator                     run the source simulator
          --seed N                        at the first start, send N referrals (0 to 500)
        Rms.Simulator send                send referrals and exit
          --version 0.10.0|0.11.1         guide version (0.11.1)
          --listing 1001|1002|1003|1004   where to (1001)
          --scenario KEY                  what kind (ordinary); a wrong one lists them all
          --priority routine|urgent|asap|stat
          --fault KEY                     spoil the message on purpose
          --count N                       how many, 1 to 50 (1)
        Environment: RMS_PORT, RMS_BIND, RMS_DATA, RMS_SIMULATOR_PORT, RMS_SIMULATOR_TARGET, RMS_SIMULATOR_URL,
        RMS_SIMULATOR_SEED. See docs/simulator.md.
        """;

    private static readonly string[] Options = ["version", "listing", "scenario", "priority", "fault", "count"];

    /// <returns>0 when the target took all, 1 when it did not, 2 when the order makes no sense.</returns>
    public static async Task<int> Send(IReadOnlyList<string> arguments, Settings settings)
    {
        var faults = new List<string>();
        var given = Read(arguments, faults);
        var count = Count(given.GetValueOrDefault("count"), faults);
        var order = Orders.Send(
            given.GetValueOrDefault("version"),
            given.GetValueOrDefault("listing"),
            given.GetValueOrDefault("scenario"),
            count,
            given.GetValueOrDefault("priority"),
            given.GetValueOrDefault("fault"),
            faults
        );
        if (order is null)
        {
            await Console.Error.WriteLineAsync(string.Join('\n', faults));
            return 2;
        }

        var sent = await AskRunning(order, settings) ?? await SendHere(order, settings);
        foreach (var line in sent)
        {
            await Console.Out.WriteLineAsync(
                $"{line["ref"]}  {line["event"]}  {line["outcome"]}  {line["status"]}  {line["detail"]}".TrimEnd()
            );
        }

        return sent.All(line => (string?)line["outcome"] == Outcomes.Accepted) ? 0 : 1;
    }

    private static async Task<IReadOnlyList<JsonObject>?> AskRunning(SendOrder order, Settings settings)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.Timeout = TimeSpan.FromMinutes(10);
        var address = $"http://127.0.0.1:{settings.Port}";
        try
        {
            if (!(await http.GetAsync(new Uri($"{address}/health/live"))).IsSuccessStatusCode)
            {
                return null;
            }
        }
        catch (HttpRequestException)
        {
            return null;
        }

        var body = Json.Object(
            ("version", order.Version.Name),
            ("listing", order.Listing.Id),
            ("scenario", order.Scenario.Key),
            ("count", order.Count),
            ("priority", order.Priority),
            ("fault", order.Fault?.Key)
        );
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri($"{address}/api/send"), content);
        response.EnsureSuccessStatusCode();
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return [.. answer["messages"]!.AsArray().Select(m => m!.AsObject())];
    }

    private static async Task<IReadOnlyList<JsonObject>> SendHere(SendOrder order, Settings settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        SimulatorApp.AddSource(services, settings);
        await using var provider = services.BuildServiceProvider();
        var sent = await provider.GetRequiredService<Desk>().Send(order, CancellationToken.None);
        return
        [
            .. sent.Select(m =>
                Json.Object(
                    ("ref", m.Ref),
                    ("event", m.Event),
                    ("outcome", m.Outcome),
                    ("status", m.Status),
                    ("detail", m.Detail)
                )
            ),
        ];
    }

    private static Dictionary<string, string> Read(IReadOnlyList<string> arguments, List<string> faults)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i].TrimStart('-');
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || !Options.Contains(name))
            {
                faults.Add($"Unknown argument '{arguments[i]}'.");
            }
            else if (i + 1 == arguments.Count)
            {
                faults.Add($"--{name} needs a value.");
            }
            else
            {
                given[name] = arguments[++i];
            }
        }

        return given;
    }

    private static int? Count(string? text, List<string> faults)
    {
        if (text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return text is null ? null : int.Parse(text, CultureInfo.InvariantCulture);
        }

        faults.Add($"count must be a number, not '{text}'.");
        return null;
    }
}
