using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Sending;

/// <summary>
/// At the first start in a folder, fills the target with a morning's work: waits until the target is ready, then sends
/// a set of referrals that is the same everywhere, and what its senders go on to say of some of them. Killed half-way,
/// it goes on where it was.
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
        foreach (var next in Messages(clock.Now()))
        {
            if (next.Outcome is Outcomes.Waiting or Outcomes.NoAnswer)
            {
                refused += await SendUntilAnswered(next, stoppingToken) ? 0 : 1;
            }
        }

        store.MarkSeeded(settings.Seed);
        LogSeeded(log, settings.Seed, refused);
    }

    /// <summary>The id of the referral with this number of the set.</summary>
    internal static string ReferralId(int number) => Ids.From($"seeded referral {number}");

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
                ReferralId(number),
                new SendOrder(version, listing, scenario, 1, priority),
                Drafting.Draft(listing, scenario, random, authored, priority)
            );
        }
    }

    /// <summary>The messages one after the other, each made when its turn has come, unless it was made before.</summary>
    private IEnumerable<Message> Messages(DateTimeOffset now)
    {
        foreach (var order in Plan(settings.Seed, now).Concat(Sequel.Stray(settings.Seed, now)))
        {
            var id = Ids.From($"message of {order.Referral}");
            yield return Made(order.Referral, id)
                ?? desk.Make(order.Order, order.Draft, order.Referral, id, order.Number, order.First);
        }

        foreach (var (referral, followUp) in Sequel.Plan(settings.Seed))
        {
            var id = Ids.From($"follow-up of {referral}");
            // Its referral is gone when a person let the simulator forget everything meanwhile.
            if ((Made(referral, id) ?? desk.Make(referral, followUp, id)) is { } message)
            {
                yield return message;
            }
        }
    }

    private Message? Made(string referral, string messageId) =>
        store.MessagesOf(referral).FirstOrDefault(m => m.MessageId == messageId);

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
        Message = "Sent {Count} referrals for the demo and what followed; {Refused} messages were refused"
    )]
    private static partial void LogSeeded(ILogger log, int count, int refused);

    /// <param name="Number">Its place in the set, from 1; null when it is none of the set.</param>
    /// <param name="First">What its first message tells; null: that it is new.</param>
    internal sealed record Planned(int? Number, string Referral, SendOrder Order, Draft Draft, News? First = null);
}
