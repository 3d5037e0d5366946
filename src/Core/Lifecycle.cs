using System.Collections.Frozen;

namespace Rms.Core;

/// <summary>Where a referral stands. The marks held, on hold, waitlisted and so on stand beside it.</summary>
public enum ReferralState
{
    /// <summary>Before its receipt; only ever the start of the first step.</summary>
    None,

    /// <summary>Received; nobody has decided.</summary>
    New,

    /// <summary>Accepted, without an appointment: the state in which referrals are lost.</summary>
    Accepted,

    /// <summary>An appointment is set, not yet confirmed by the patient.</summary>
    Booked,

    /// <summary>The patient confirmed an appointment.</summary>
    Confirmed,

    /// <summary>We asked the requester for something and wait.</summary>
    AwaitingReply,

    /// <summary>We declined it.</summary>
    Declined,

    /// <summary>All done.</summary>
    Completed,

    /// <summary>Cancelled by the requester or the patient.</summary>
    Cancelled,

    /// <summary>Forwarded: our part is over.</summary>
    Forwarded,

    /// <summary>Consent was withdrawn; everything about the patient is gone.</summary>
    Revoked,
}

/// <summary>What can be done to a referral that changes its state.</summary>
public enum LifecycleAction
{
    /// <summary>It arrives.</summary>
    Receive,

    /// <summary>Its source sends it again: what it says may be new, where it stands is not.</summary>
    Resend,

    /// <summary>Its source changes what it says; where it stands stays.</summary>
    Update,

    /// <summary>We take it on.</summary>
    Accept,

    /// <summary>We don't take it on.</summary>
    Decline,

    /// <summary>A first appointment is set.</summary>
    Book,

    /// <summary>The patient confirms.</summary>
    Confirm,

    /// <summary>A confirmed appointment is moved, to be confirmed again.</summary>
    Rebook,

    /// <summary>The only appointment falls away.</summary>
    Unbook,

    /// <summary>We ask the requester for something.</summary>
    Ask,

    /// <summary>The reply is there (or no longer waited for): back to the state before.</summary>
    Resume,

    /// <summary>All done.</summary>
    Complete,

    /// <summary>The requester or the patient no longer wants it.</summary>
    Cancel,

    /// <summary>A declined, completed or cancelled referral is taken up again.</summary>
    Reopen,

    /// <summary>Another listing or system takes it over.</summary>
    Forward,

    /// <summary>Consent is withdrawn.</summary>
    Revoke,

    /// <summary>A test referral is no longer needed: everything about it goes, and its id at the source is free again.</summary>
    Wipe,
}

/// <summary>The legal steps: one table, mirrored by <c>core.lifecycle_step</c>. docs/lifecycle.md explains them.</summary>
public static class Lifecycle
{
    /// <summary>Every legal step.</summary>
    public static IReadOnlyList<LifecycleStep> Steps { get; } = [.. All()];

    private static readonly FrozenDictionary<(ReferralState, LifecycleAction), ReferralState[]> Table = Steps
        .GroupBy(s => (s.From, s.Action))
        .ToFrozenDictionary(g => g.Key, g => g.Select(s => s.To).ToArray());

    /// <summary>Where the action leads from here: nothing when it is illegal, several states only for Resume.</summary>
    public static IReadOnlyList<ReferralState> Next(ReferralState from, LifecycleAction action) =>
        Table.TryGetValue((from, action), out var next) ? next : [];

    /// <summary>The actions that are legal in a state.</summary>
    public static IEnumerable<LifecycleAction> Actions(ReferralState from) =>
        Steps.Where(s => s.From == from).Select(s => s.Action).Distinct();

    private static IEnumerable<LifecycleStep> All()
    {
        yield return new(ReferralState.None, LifecycleAction.Receive, ReferralState.New);

        foreach (var open in (ReferralState[])[ReferralState.New, ReferralState.Accepted])
        {
            yield return new(open, LifecycleAction.Book, ReferralState.Booked);
            yield return new(open, LifecycleAction.Confirm, ReferralState.Confirmed);
            yield return new(open, LifecycleAction.Forward, ReferralState.Forwarded);
        }
        yield return new(ReferralState.New, LifecycleAction.Accept, ReferralState.Accepted);
        yield return new(ReferralState.Booked, LifecycleAction.Confirm, ReferralState.Confirmed);
        yield return new(ReferralState.Booked, LifecycleAction.Unbook, ReferralState.Accepted);
        yield return new(ReferralState.Confirmed, LifecycleAction.Unbook, ReferralState.Accepted);
        yield return new(ReferralState.Confirmed, LifecycleAction.Rebook, ReferralState.Booked);

        foreach (var open in (ReferralState[])[ReferralState.Accepted, ReferralState.Booked, ReferralState.Confirmed])
            yield return new(open, LifecycleAction.Complete, ReferralState.Completed);

        ReferralState[] active =
        [
            ReferralState.New,
            ReferralState.Accepted,
            ReferralState.Booked,
            ReferralState.Confirmed,
        ];
        foreach (var open in active)
        {
            yield return new(open, LifecycleAction.Ask, ReferralState.AwaitingReply);
            yield return new(ReferralState.AwaitingReply, LifecycleAction.Resume, open);
        }
        foreach (var open in active.Append(ReferralState.AwaitingReply))
        {
            yield return new(open, LifecycleAction.Decline, ReferralState.Declined);
            yield return new(open, LifecycleAction.Cancel, ReferralState.Cancelled);
            yield return new(open, LifecycleAction.Revoke, ReferralState.Revoked);
        }
        ReferralState[] ended = [ReferralState.Declined, ReferralState.Completed, ReferralState.Cancelled];
        foreach (var end in ended)
        {
            yield return new(end, LifecycleAction.Reopen, ReferralState.Accepted);
            yield return new(end, LifecycleAction.Revoke, ReferralState.Revoked);
        }
        yield return new(ReferralState.Forwarded, LifecycleAction.Revoke, ReferralState.Revoked);

        ReferralState[] all = [.. active, ReferralState.AwaitingReply, .. ended, ReferralState.Forwarded];
        foreach (var state in all)
        {
            yield return new(state, LifecycleAction.Resend, state);
            yield return new(state, LifecycleAction.Update, state);
            yield return new(state, LifecycleAction.Wipe, ReferralState.Revoked);
        }
    }
}

/// <summary>One legal step.</summary>
/// <param name="From">The state before.</param>
/// <param name="Action">What is done.</param>
/// <param name="To">The state after.</param>
public sealed record LifecycleStep(ReferralState From, LifecycleAction Action, ReferralState To);
