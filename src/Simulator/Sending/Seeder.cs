using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Sending;

/// <summary>
/// At the first start in a folder, fills the target with a morning's work: waits until the target is ready, then sends
/// a set of referrals that is the same everywhere. Killed half-way, it goes on where it was.
/// </summary>
internal sealed partial class Seeder(
    Desk desk,
    Store store,
    TargetClient target,
    Settings settings,
    OntarioTime clock,
    TimeProvider time,
    ILogger<Seeder> log
) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Seed == 0 || store.Seeded > 0)
        {
            return;
        }

        await WaitForTarget(stoppingToken);
        var refused = 0;
        foreach (var order in Plan(settings.Seed, clock.Now()))
        {
            var message = store.Find(order.Referral) is null
                ? desk.Make(
                    order.Order,
                    order.Draft,
                    order.Referral,
                    Ids.From($"message of {order.Referral}"),
                    order.Number
                )
                : store.MessagesOf(order.Referral)[0];
            if (message.Outcome is Outcomes.Waiting or Outcomes.NoAnswer)
            {
                refused += await SendUntilAnswered(message, stoppingToken) ? 0 : 1;
            }
        }

        store.MarkSeeded(settings.Seed);
        LogSeeded(log, settings.Seed, refused);
    }

    /// <summary>The set: mostly ordinary referrals, some urgent, each scenario now and then.</summary>
    internal static IEnumerable<Planned> Plan(int count, DateTimeOffset now)
    {
        var random = new Random(20_261_120);
        Scenario[] odd = [.. Scenario.All.Where(s => s != Scenario.Ordinary && s != Scenario.Urgent)];
        for (var number = 1; number <= count; number++)
        {
            var roll = random.Next(100);
            var scenario =
                number % 3 == 0 ? odd[number / 3 % odd.Length]
                : roll < 18 ? Scenario.Urgent
                : Scenario.Ordinary;
            var listing =
                scenario == Scenario.SelfReferral ? Listing.Physiotherapy
                : scenario == Scenario.TestData ? Listing.Test
                : random.Next(100) switch
                {
                    < 42 => Listing.Cardiology,
                    < 74 => Listing.Imaging,
                    < 96 => Listing.Physiotherapy,
                    _ => Listing.Test,
                };
            var priority =
                scenario != Scenario.Ordinary
                    ? null
                    : random.Next(100) switch
                    {
                        < 4 => "stat",
                        < 12 => "asap",
                        _ => "routine",
                    };
            var version = number % 2 == 0 ? GuideVersion.V010 : GuideVersion.V011;
            // Signed over the last three days, the newest last.
            var authored = now.AddMinutes(-(count - number) * 4320.0 / count - random.Next(60) - 2);
            yield return new Planned(
                number,
                Ids.From($"seeded referral {number}"),
                new SendOrder(version, listing, scenario, 1, priority),
                Drafting.Draft(listing, scenario, random, authored, priority)
            );
        }
    }

    private async Task WaitForTarget(CancellationToken stop)
    {
        for (var attempt = 1; !await target.Ready(stop); attempt++)
        {
            if ((attempt & (attempt - 1)) == 0)
            {
                LogWaiting(log, settings.Target, attempt);
            }

            await Task.Delay(Wait(attempt), time, stop);
        }
    }

    /// <summary>True when the target took it, false when it refused it for good.</summary>
    private async Task<bool> SendUntilAnswered(Message message, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            (message, var answer) = await desk.TryDeliver(message, stop);
            if (answer.IsSuccess)
            {
                return true;
            }

            if (answer.Status is >= 400 and < 500 and not 401 and not 403 and not 408 and not 429)
            {
                return false;
            }

            var wanted = answer.RetryAfter is { } asked && asked > TimeSpan.Zero ? asked : Wait(attempt);
            await Task.Delay(wanted < MostPatience ? wanted : MostPatience, time, stop);
        }
    }

    /// <summary>1, 2, 4, 8, then 15 seconds.</summary>
    private static TimeSpan Wait(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, Math.Min(attempt, 10) - 1)));

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for the target at {Target} (attempt {Attempt})")]
    private static partial void LogWaiting(ILogger log, string target, int attempt);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Sent {Count} referrals for the demo; {Refused} were refused"
    )]
    private static partial void LogSeeded(ILogger log, int count, int refused);

    internal sealed record Planned(int Number, string Referral, SendOrder Order, Draft Draft);
}
