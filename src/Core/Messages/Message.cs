namespace Rms.Core.Messages;

/// <summary>A message that arrived, kept whatever became of it. Its parts lie sealed under the referral's key, or its own.</summary>
public sealed class Message
{
    /// <summary>What the body is sealed for.</summary>
    public const string BodyPurpose = "message-body";

    /// <summary>What the reply is sealed for.</summary>
    public const string ReplyPurpose = "message-reply";

    /// <summary>What the issues are sealed for.</summary>
    public const string IssuesPurpose = "message-issues";

    /// <summary>Our id.</summary>
    public Guid Id { get; init; }

    /// <summary>Who sent it; null when nobody who may.</summary>
    public Guid? ConnectionId { get; init; }

    /// <summary>The referral that it belongs to.</summary>
    public Guid? ReferralId { get; set; }

    /// <summary>The referral's id at its source, as far as the message names it.</summary>
    public string? Reference { get; init; }

    /// <summary>When its sender made it (Bundle.timestamp), if it says so.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>MessageHeader.eventCoding.code, as sent.</summary>
    public string? Event { get; init; }

    /// <summary>0.10.0 or 0.11.1.</summary>
    public string? GuideVersion { get; init; }

    /// <summary>accepted, parked or refused.</summary>
    public string Outcome { get; set; } = "";

    /// <summary>Why it was parked or refused: a code.</summary>
    public string? Reason { get; set; }

    /// <summary>The HTTP status of the reply.</summary>
    public int Status { get; init; }

    /// <summary>The body's size in bytes.</summary>
    public int Size { get; init; }

    /// <summary>SHA-256 of the body; of a refused sender's body, which is not read, nothing.</summary>
    public byte[] BodyHash { get; init; } = [];

    /// <summary>The body; null when only the envelope is kept (its referral was revoked).</summary>
    public byte[]? SealedBody { get; set; }

    /// <summary>The reply's body.</summary>
    public byte[]? SealedReply { get; set; }

    /// <summary>What was found wrong or odd.</summary>
    public byte[]? SealedIssues { get; set; }

    /// <summary>What was made of it after it had been parked: taken-in, closed, revoked; null: it waits.</summary>
    public string? Resolution { get; set; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>Who did it; null when a later message did.</summary>
    public Guid? ResolvedBy { get; set; }

    /// <summary>How many of its kind this row stands for; more than one only where nothing was read.</summary>
    public int Times { get; init; } = 1;

    /// <summary>When it arrived.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whose key sealed it.</summary>
    public Guid KeyOwner() => ReferralId ?? Id;
}
