using System.Globalization;

namespace Rms.Core;

/// <summary>
/// A request for a service to a patient, sent to one of our listings. It holds no patient data itself: demographics
/// and content lie sealed beside it.
/// </summary>
public sealed class Referral
{
    private readonly List<ReferralStep> _history = [];

    private Referral() { }

    /// <summary>Our id.</summary>
    public Guid Id { get; private init; }

    /// <summary>The site that it was sent to: every query is bounded by it.</summary>
    public Guid SiteId { get; private init; }

    /// <summary>The listing that it was sent to.</summary>
    public Guid ListingId { get; private init; }

    /// <summary>The connection that it came over.</summary>
    public Guid ConnectionId { get; private init; }

    /// <summary>Its id at the source.</summary>
    public string Reference { get; private set; } = "";

    /// <summary>The guide's version that the source speaks: 0.10.0 or 0.11.1.</summary>
    public string GuideVersion { get; set; } = "";

    /// <summary>Where it stands. Only <see cref="Do"/> changes it.</summary>
    public ReferralState State { get; private set; }

    /// <summary>The number of its latest step; what a person saw when they decide.</summary>
    public int Version { get; private set; }

    /// <summary>routine, urgent, asap or stat (ServiceRequest.priority); null when the source named none.</summary>
    public string? Priority { get; set; }

    /// <summary>Marked HTEST: not a real patient.</summary>
    public bool IsTest { get; private init; }

    /// <summary>The patient is the requester.</summary>
    public bool IsSelfReferral { get; private init; }

    /// <summary>Why a person must look at it before anything else: self-referral, test-to-real, real-to-test.</summary>
    public string? HeldBecause { get; set; }

    /// <summary>How many warnings its latest message earned.</summary>
    public int Warnings { get; set; }

    /// <summary>When we had it.</summary>
    public DateTimeOffset ReceivedAt { get; private init; }

    /// <summary>Since when the patient waits: its receipt, or that of the referral that it replaces.</summary>
    public DateTimeOffset ClockFrom { get; private set; }

    /// <summary>The referral that it replaces (ServiceRequest.replaces), if we know that one.</summary>
    public Guid? ReplacesId { get; private set; }

    /// <summary>The first we heard of it was an update: it is older than our connection to its source.</summary>
    public bool FirstSeenByUpdate { get; private init; }

    /// <summary>When its source said what is kept now; an older message does not overwrite it. Null: it gave no time.</summary>
    public DateTimeOffset? ContentAsOf { get; set; }

    /// <summary>How many things it should have and has not, when it arrived or was last brought up to date.</summary>
    public int Missing { get; set; }

    /// <summary>How many changes and messages of its source nobody has noted yet.</summary>
    public int Unnoted { get; set; }

    /// <summary>
    /// What a person should look at beside the decision: no-requester, changed-after-end, resent-after-end.
    /// </summary>
    public string[] Review { get; set; } = [];

    /// <summary>When anything about it changed last.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Its steps, as far as they are loaded; new ones are added by <see cref="Do"/>.</summary>
    public IReadOnlyList<ReferralStep> History => _history;

    /// <summary>A referral arrives: its first step.</summary>
    public static Referral Receive(Arrival arrival, Actor by, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(arrival);
        var referral = new Referral
        {
            Id = arrival.Id,
            SiteId = arrival.SiteId,
            ListingId = arrival.ListingId,
            ConnectionId = arrival.ConnectionId,
            Reference = arrival.Reference,
            GuideVersion = arrival.GuideVersion,
            Priority = arrival.Priority,
            IsTest = arrival.IsTest,
            IsSelfReferral = arrival.IsSelfReferral,
            HeldBecause = arrival.HeldBecause,
            FirstSeenByUpdate = arrival.FirstSeenByUpdate,
            ReceivedAt = at,
            ClockFrom = at,
        };
        referral.Do(LifecycleAction.Receive, by, at);
        return referral;
    }

    /// <summary>Takes the place of another referral: the patient has waited since that one arrived.</summary>
    public void Replace(Referral other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ReplacesId = other.Id;
        if (other.ClockFrom < ClockFrom)
            ClockFrom = other.ClockFrom;
    }

    /// <summary>
    /// Takes a step and writes it down. An illegal one is refused (409, <c>referral.illegal-step</c>) with the present
    /// state and since when.
    /// </summary>
    /// <param name="action">What is done.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="at">When.</param>
    /// <param name="sealedReason">The reason in free text, sealed under this referral's key.</param>
    /// <param name="to">Where it leads; needed only where the table has several ends (Resume).</param>
    public ReferralStep Do(
        LifecycleAction action,
        Actor by,
        DateTimeOffset at,
        byte[]? sealedReason = null,
        ReferralState? to = null
    )
    {
        ArgumentNullException.ThrowIfNull(by);
        var ends = Lifecycle.Next(State, action);
        if (to is { } wanted ? !ends.Contains(wanted) : ends.Count != 1)
        {
            throw new Problem(
                "referral.illegal-step",
                409,
                new Dictionary<string, string>
                {
                    ["action"] = action.ToString(),
                    ["state"] = State.ToString(),
                    ["when"] = ChangedAt.ToString("O", CultureInfo.InvariantCulture),
                }
            );
        }
        var step = new ReferralStep
        {
            ReferralId = Id,
            Seq = Version + 1,
            PreviousSeq = Version == 0 ? null : Version,
            Action = action,
            From = State,
            To = to ?? ends[0],
            At = at,
            ActorKind = by.Kind,
            ActorId = by.Id,
            SealedReason = sealedReason,
        };
        (State, Version, ChangedAt) = (step.To, step.Seq, at);
        if (action == LifecycleAction.Wipe)
            Reference += "#" + Id.ToString("N");
        _history.Add(step);
        return step;
    }
}

/// <summary>What is known of a referral when it arrives.</summary>
public sealed record Arrival(
    Guid Id,
    Guid SiteId,
    Guid ListingId,
    Guid ConnectionId,
    string Reference,
    string GuideVersion,
    string? Priority,
    bool IsTest,
    bool IsSelfReferral,
    string? HeldBecause,
    bool FirstSeenByUpdate = false
);

/// <summary>One step of a referral's history: who did what, when, from where to where.</summary>
public sealed class ReferralStep
{
    /// <summary>What the reason is sealed for.</summary>
    public const string ReasonPurpose = "step-reason";

    /// <summary>The referral.</summary>
    public Guid ReferralId { get; init; }

    /// <summary>1 for the first.</summary>
    public int Seq { get; init; }

    /// <summary>The step before; null for the first.</summary>
    public int? PreviousSeq { get; init; }

    /// <summary>What was done.</summary>
    public LifecycleAction Action { get; init; }

    /// <summary>The state before.</summary>
    public ReferralState From { get; init; }

    /// <summary>The state after.</summary>
    public ReferralState To { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What sort of party did it.</summary>
    public ActorKind ActorKind { get; init; }

    /// <summary>Which person or connection did it.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>The reason in free text, sealed under the referral's key.</summary>
    public byte[]? SealedReason { get; init; }
}
