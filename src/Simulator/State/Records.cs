using Rms.Simulator.Content;

namespace Rms.Simulator.State;

/// <summary>A referral as this source sees it. Immutable: the store keeps the newest.</summary>
internal sealed record Referral
{
    /// <summary>The source's referral id (UUID).</summary>
    public required string Ref { get; init; }

    /// <summary>Guide version by name.</summary>
    public required string Version { get; init; }

    /// <summary>External Service ID of the listing.</summary>
    public required string Listing { get; init; }
    public required string Scenario { get; init; }
    public required Draft Draft { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The folder in which the sender finds it: one of <see cref="Folder"/>.</summary>
    public string Shows { get; init; } = Folder.NotSent;

    /// <summary>The folder to return to when the target's question is answered.</summary>
    public string? ShowedBefore { get; init; }

    /// <summary>Task.status last taken from the target; null before the first.</summary>
    public string? TaskStatus { get; init; }

    /// <summary>Reason that the target gave with that status.</summary>
    public string? TaskReason { get; init; }

    /// <summary>What the sender reads of the appointment; null without one.</summary>
    public string? Appointment { get; init; }

    /// <summary>notify-add-process-request has come (v0.11.1).</summary>
    public bool ProcessRequestAdded { get; init; }

    /// <summary>Of the seeded set: its place in it, from 1; null otherwise.</summary>
    public int? SeedNumber { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<Note> Notes { get; init; } = [];

    public Referral With(DateTimeOffset at, string note) => this with { Notes = [.. Notes, new Note(at, note)] };
}

internal sealed record Note(DateTimeOffset At, string Text);

/// <summary>The folders of a sender, in the words that the commonest source uses.</summary>
internal static class Folder
{
    public const string NotSent = "Not sent";
    public const string Sent = "Sent";
    public const string PendingBooking = "Pending Booking";
    public const string Unconfirmed = "Booking Unconfirmed";
    public const string Confirmed = "Booking Confirmed";
    public const string AwaitingResponse = "Awaiting Response";
    public const string Declined = "Declined";
    public const string Cancelled = "Cancelled";
    public const string Completed = "Completed";

    /// <summary>The folder into which a Task.status moves a referral; null for one that this source does not take.</summary>
    public static string? For(string? taskStatus) =>
        taskStatus switch
        {
            "requested" or "received" => Sent,
            "accepted" or "in-progress" or "on-hold" or "ready" => PendingBooking,
            "rejected" or "cancelled" => Declined,
            "completed" => Completed,
            _ => null,
        };
}

/// <summary>A message that left or came.</summary>
internal sealed record Message
{
    /// <summary>Number in the order of this source's log, from 1.</summary>
    public int Number { get; init; }

    /// <summary>sent or received.</summary>
    public required string Direction { get; init; }

    /// <summary>Connection over which it went; null when the other side did not say who it is.</summary>
    public string? Connection { get; init; }

    /// <summary>MessageHeader.id; null when there is none to be found.</summary>
    public string? MessageId { get; init; }
    public string? Event { get; init; }

    /// <summary>Referral that it is about, as far as it could be read.</summary>
    public string? Ref { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>HTTP status of the last answer; null without one.</summary>
    public int? Status { get; init; }

    /// <summary>One of <see cref="Outcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>One line on why, for the outcomes that need it.</summary>
    public string? Detail { get; init; }

    /// <summary>How often a sent message has been tried.</summary>
    public int Attempts { get; init; }

    /// <summary>What this source found in a received message, worst first.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    public bool IsSent => Direction == "sent";
}

internal static class Outcomes
{
    /// <summary>Sent and answered with 2xx, or received and taken.</summary>
    public const string Accepted = "accepted";

    /// <summary>Sent and answered with anything else, or received and answered with 4xx.</summary>
    public const string Refused = "refused";

    /// <summary>Sent, but there was no answer.</summary>
    public const string NoAnswer = "no answer";

    /// <summary>Not yet sent.</summary>
    public const string Waiting = "waiting";

    /// <summary>Received, and failed because the failure panel said so.</summary>
    public const string FailedOnPurpose = "failed on purpose";
}

/// <summary>One thing that this source noticed in a message.</summary>
/// <param name="Severity">error, warning or information.</param>
/// <param name="Code">A code of FHIR's issue-type.</param>
/// <param name="Where">FHIRPath expression.</param>
internal sealed record Finding(string Severity, string Code, string Where, string Text)
{
    public bool IsError => Severity == "error";
}
