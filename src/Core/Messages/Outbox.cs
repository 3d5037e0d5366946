using System.Text.Json;
using MediatR;
using Rms.Core.Keys;

namespace Rms.Core.Messages;

/// <summary>What became of a message to send.</summary>
public enum OutboxState
{
    /// <summary>To be sent, for the first time or again.</summary>
    Due,

    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>Given up on; a person can send it again.</summary>
    Dead,

    /// <summary>The receiver already shows what it would say.</summary>
    NotNeeded,
}

/// <summary>A message owed to a receiver. It holds ids and codes; the message is built when it is first sent.</summary>
public sealed class OutboxRow
{
    /// <summary>What the body is sealed for.</summary>
    public const string BodyPurpose = "outbox-body";

    /// <summary>Our id; also the message's own (MessageHeader.id), so that a retry is recognised.</summary>
    public Guid Id { get; init; }

    /// <summary>The order in which rows of a referral and receiver leave.</summary>
    public long Seq { get; init; }

    /// <summary>The referral.</summary>
    public Guid ReferralId { get; init; }

    /// <summary>The connection that gets it.</summary>
    public Guid ReceiverId { get; init; }

    /// <summary>The event's code; fixed when it is first built.</summary>
    public string Event { get; set; } = "";

    /// <summary>Ids and codes from which it is built, as JSON.</summary>
    public string Detail { get; init; } = "{}";

    /// <summary>Where it stands.</summary>
    public OutboxState State { get; set; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>The attempt under way; only that attempt may complete the row.</summary>
    public Guid? LeaseId { get; set; }

    /// <summary>When another may take it over.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>What was sent.</summary>
    public byte[]? SealedBody { get; set; }

    /// <summary>The receiver's last HTTP status.</summary>
    public int? LastStatus { get; set; }

    /// <summary>Why the last attempt failed: a code.</summary>
    public string? LastError { get; set; }

    /// <summary>When it came to be owed.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is tried: its making, or a person's wish to send it again.</summary>
    public DateTimeOffset DueSince { get; set; }

    /// <summary>When it was delivered or given up.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>A row for a referral and receiver, due at once.</summary>
    public static OutboxRow For<T>(Referral referral, Guid receiver, string @event, T detail, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(referral);
        ArgumentNullException.ThrowIfNull(clock);
        var now = clock.GetUtcNow();
        return new OutboxRow
        {
            Id = Ids.New(clock),
            ReferralId = referral.Id,
            ReceiverId = receiver,
            Event = @event,
            Detail = JsonSerializer.Serialize(detail),
            DueAt = now,
            DueSince = now,
            CreatedAt = now,
        };
    }
}

/// <summary>Send this now. Answered by the module that knows the receiver; it holds no transaction.</summary>
/// <param name="Row">The row, claimed.</param>
/// <param name="Keep">Keeps the built body on the row before it is sent; false when the claim is lost.</param>
public sealed record Deliver(OutboxRow Row, Func<byte[], string, Task<bool>> Keep) : IRequest<DeliveryResult>;

/// <summary>What came of an attempt.</summary>
/// <param name="State">Delivered, Dead, NotNeeded; Due: try again.</param>
/// <param name="Status">The receiver's HTTP status, if it answered.</param>
/// <param name="Error">A code for what went wrong.</param>
/// <param name="RetryAfter">How long the receiver asked us to wait.</param>
public sealed record DeliveryResult(OutboxState State, int? Status, string? Error, TimeSpan? RetryAfter = null);

internal static class OutboxStates
{
    public static string Text(OutboxState state) =>
        state switch
        {
            OutboxState.Due => "due",
            OutboxState.Delivered => "delivered",
            OutboxState.Dead => "dead",
            OutboxState.NotNeeded => "not-needed",
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };

    public static OutboxState Parse(string text) =>
        text switch
        {
            "due" => OutboxState.Due,
            "delivered" => OutboxState.Delivered,
            "dead" => OutboxState.Dead,
            "not-needed" => OutboxState.NotNeeded,
            _ => throw new ArgumentOutOfRangeException(nameof(text)),
        };
}
