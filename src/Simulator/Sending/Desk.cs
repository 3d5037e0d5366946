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
            var random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
            var draft = Drafting.Draft(order.Listing, order.Scenario, random, clock.Now(), order.Priority);
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
    public Message Make(SendOrder order, Draft draft, string referral, string messageId, int? seedNumber)
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
        return Build(kept, SourceEvent.Add, messageId, order.Fault);
    }

    /// <summary>Sends notify-update-service-request with another mobile phone number. Null: unknown referral.</summary>
    public async Task<Message?> ChangePhone(string referral, CancellationToken stop)
    {
        store.Change(
            referral,
            r =>
            {
                var phone = $"416-555-01{RandomNumberGenerator.GetInt32(100):D2}";
                var patient = r.Draft.Patient with { MobilePhone = phone };
                return (r with { Draft = r.Draft with { Patient = patient } }).With(
                    clock.Now(),
                    "The sender changed the mobile phone number."
                );
            }
        );
        return store.Find(referral) is { } changed
            ? await Deliver(Build(changed, SourceEvent.Update, Ids.New(), fault: null), stop)
            : null;
    }

    /// <summary>Cancels the referral and sends revoke-service-request. Null: unknown referral.</summary>
    public async Task<Message?> Revoke(string referral, CancellationToken stop)
    {
        store.Change(
            referral,
            r => (r with { Shows = Folder.Cancelled }).With(clock.Now(), "The sender cancelled the referral.")
        );
        return store.Find(referral) is { } revoked
            ? await Deliver(Build(revoked, SourceEvent.Revoke, Ids.New(), fault: null), stop)
            : null;
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
        if (answer.IsSuccess && message.Ref is { } referral)
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

    private Message Build(Referral referral, SourceEvent what, string messageId, Fault? fault)
    {
        var version = GuideVersion.Find(referral.Version)!;
        JsonObject bundle = MessageWriter.Write(
            version,
            what,
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
                Event = MessageWriter.EventCode(what),
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
