using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Sending;

/// <summary>An order to send new referrals.</summary>
/// <param name="Priority">routine, urgent, asap or stat; null leaves it to the scenario.</param>
/// <param name="Fault">How to spoil the message; null sends it whole.</param>
internal sealed record SendOrder(
    GuideVersion Version,
    Listing Listing,
    Scenario Scenario,
    int Count,
    string? Priority = null,
    Fault? Fault = null
)
{
    public const int Most = 50;

    public static IReadOnlyList<string> Priorities { get; } = ["routine", "urgent", "asap", "stat"];
}

/// <summary>
/// The sender's desk: what a person at the source can do. A message is built and kept before it is sent, so that
/// sending it again sends the same bytes.
/// </summary>
internal sealed partial class Desk(
    Store store,
    TargetClient target,
    Settings settings,
    OntarioTime clock,
    ILogger<Desk> log
)
{
    /// <summary>
    /// Makes referrals and sends them, one after the other. When the target cannot be reached, the rest of the order
    /// stays waiting, to be sent by hand.
    /// </summary>
    public async Task<IReadOnlyList<Message>> Send(SendOrder order, CancellationToken stop)
    {
        var made = new List<Message>();
        for (var i = 0; i < order.Count; i++)
        {
            var draft = Drafting.Draft(order.Listing, order.Scenario, Dice(), clock.Now(), order.Priority);
            made.Add(Make(order, draft, Ids.New(), Ids.New(), seedNumber: null));
        }

        for (var i = 0; i < made.Count; i++)
        {
            made[i] = await Deliver(made[i], stop);
            if (made[i].Outcome == Outcomes.NoAnswer)
            {
                break;
            }
        }

        return made;
    }

    /// <summary>Makes a referral and its first message without sending it.</summary>
    /// <param name="first">What that message tells; null: that the referral is new.</param>
    public Message Make(
        SendOrder order,
        Draft draft,
        string referral,
        string messageId,
        int? seedNumber,
        News? first = null
    )
    {
        var kept = new Referral
        {
            Ref = referral,
            Version = order.Version.Name,
            Listing = order.Listing.Id,
            Scenario = order.Scenario.Key,
            Draft = draft,
            CreatedAt = clock.Now(),
            SeedNumber = seedNumber,
        };
        store.Keep(kept);
        return Build(kept, first ?? News.Add, messageId, order.Fault);
    }

    /// <summary>Changes what the referral says and sends that. Null: unknown referral.</summary>
    public Task<Message?> Say(string referral, Change change, CancellationToken stop) =>
        Say(referral, FollowUp.Changed(change, Dice()), stop);

    /// <summary>Does that and tells the target. Null: unknown referral.</summary>
    public async Task<Message?> Say(string referral, FollowUp what, CancellationToken stop) =>
        Make(referral, what, Ids.New()) is { } message ? await Deliver(message, stop) : null;

    /// <summary>Does that and makes the message of it without sending it. Null: unknown referral.</summary>
    public Message? Make(string referral, FollowUp what, string messageId)
    {
        store.Change(referral, r => what.Do(r).With(clock.Now(), what.Note));
        return store.Find(referral) is { } changed ? Build(changed, what.News, messageId, fault: null) : null;
    }

    /// <summary>Sends a kept message again: same id, same bytes. Null: no such message, or not one of ours.</summary>
    public async Task<Message?> SendAgain(int number, CancellationToken stop) =>
        store.Message(number) is { IsSent: true } message ? await Deliver(message, stop) : null;

    /// <summary>Sends a kept message and keeps what came of it.</summary>
    public async Task<Message> Deliver(Message message, CancellationToken stop) =>
        (await TryDeliver(message, stop)).Message;

    /// <summary>As <see cref="Deliver"/>, with the answer for those who want to heed Retry-After.</summary>
    public async Task<(Message Message, Answer Answer)> TryDeliver(Message message, CancellationToken stop)
    {
        var version = GuideVersion.Find(message.Connection)!;
        var answer = await target.Send(version, store.Body(message.Number), stop);
        var outcome =
            answer.IsSuccess ? Outcomes.Accepted
            : answer.Status is null ? Outcomes.NoAnswer
            : Outcomes.Refused;
        var tried = message with
        {
            Status = answer.Status,
            Outcome = outcome,
            Detail = answer.Detail,
            Attempts = message.Attempts + 1,
        };
        store.Update(tried, answer.Body.Length == 0 ? null : answer.Body);
        // What the requester writes brings no referral to a target that does not know it.
        var brings = message.Event?.StartsWith("send-communication", StringComparison.Ordinal) == false;
        if (answer.IsSuccess && brings && message.Ref is { } referral)
        {
            store.Change(referral, r => r.Shows == Folder.NotSent ? r with { Shows = Folder.Sent } : r);
        }

        // A target that is away for long must not fill the log: the 1st, 2nd, 4th, 8th attempt… are told.
        if ((tried.Attempts & (tried.Attempts - 1)) == 0)
        {
            LogTried(log, tried.Number, tried.Event, outcome, tried.Status);
        }

        return (tried, answer);
    }

    private static Random Dice() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    private Message Build(Referral referral, News news, string messageId, Fault? fault)
    {
        var version = GuideVersion.Find(referral.Version)!;
        JsonObject bundle = MessageWriter.Write(
            version,
            news,
            referral.Ref,
            Listing.Find(referral.Listing)!,
            referral.Draft,
            messageId,
            clock.Now(),
            settings.Self,
            settings.Target
        );
        return store.Add(
            new Message
            {
                Direction = "sent",
                Connection = version.Connection,
                MessageId = messageId,
                Event = MessageWriter.EventCode(news.What, version),
                Ref = referral.Ref,
                At = clock.Now(),
                Outcome = Outcomes.Waiting,
                Detail = fault is null ? null : $"Spoilt on purpose: {fault.Name}.",
            },
            fault is null ? Json.Bytes(bundle) : fault.Spoil(bundle)
        );
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sent message {Number} ({Event}): {Outcome} ({Status})")]
    private static partial void LogTried(ILogger log, int number, string? @event, string outcome, int? status);
}
