using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Fhir;
using Rms.Fhir.Model;
using Rms.Intake.Attached;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// The referrals as their sources speak of them: finds the one that is meant, takes a new one in, and brings a known
/// one up to date. Adds rows only; whoever holds the transaction commits them.
/// </summary>
internal sealed class SourceReferrals(
    RmsDb db,
    KeyRing keys,
    Inbox inbox,
    Actor actor,
    IMediator mediator,
    Attachments attachments,
    TimeProvider clock
)
{
    /// <summary>
    /// The referral that a message speaks of, by its connection and the id that it has there. The inbox holds it: until
    /// the commit no other message of that referral is worked on.
    /// </summary>
    public Task<FoundReferral> Find(TakeIn taken, CancellationToken stop) =>
        taken.IsFirst
            ? Task.FromResult(new FoundReferral(null, null))
            : Find(taken.Connection.Id, ReferenceOf(taken), stop);

    /// <summary>The same for a connection's id of it.</summary>
    public async Task<FoundReferral> Find(Guid connection, string? reference, CancellationToken stop)
    {
        if (reference is null)
            return new FoundReferral(null, null);
        var found = await db
            .Referrals.Where(r => r.ConnectionId == connection && r.Reference == reference)
            .GroupJoin(db.DataKeys, r => r.Id, k => k.OwnerId, (r, k) => new { r, k })
            .SelectMany(x => x.k.DefaultIfEmpty(), (x, k) => new { x.r, k })
            .SingleOrDefaultAsync(stop);
        return found switch
        {
            null => new FoundReferral(null, null),
            { r.State: ReferralState.Revoked } => new FoundReferral(null, found.r),
            { k: null } => throw new InvalidOperationException($"Referral {found.r.Id} has lost its key."),
            _ => new FoundReferral(new KnownReferral(found.r, keys.Unwrap(found.k)), null),
        };
    }

    /// <summary>The listing that a person chose, else the one that the message names; null: none of ours.</summary>
    public async Task<ListingFound?> ListingFor(TakeIn taken, CancellationToken stop) =>
        taken.ListingId is { } chosen
            ? await mediator.Send(new ListingOf(chosen), stop)
            : await mediator.Send(
                new FindListing(
                    taken.Message.PerformerValue("id-referral-target-reference"),
                    taken.Message.PerformerValue("id-referral-target-external-service"),
                    taken.Message.PerformerValue("id-site-number")
                ),
                stop
            );

    /// <summary>The listing that a referral was sent to.</summary>
    public Task<ListingFound> ListingOf(KnownReferral known, CancellationToken stop) =>
        mediator.Send(new ListingOf(known.Referral.ListingId), stop);

    /// <summary>
    /// Whether what comes under a known id is another thing: two patients, two listings, or a test and a real one must
    /// never become one referral. The reason as a code; null when it is the same.
    /// </summary>
    public async Task<string?> Differs(
        KnownReferral known,
        ListingFound listing,
        TakeIn taken,
        ReferralContent content,
        CancellationToken stop
    )
    {
        if (known.Referral.ListingId != listing.Id || known.Referral.IsTest != taken.Message.IsTest)
            return "resend-differs";
        if (taken.SamePatient)
            return null;
        var demographics = await db.Demographics.SingleAsync(d => d.ReferralId == known.Referral.Id, stop);
        var (before, now) = (demographics.Open(known.Key).Patient, content.Patient);
        // A corrected number or a corrected name is one patient still; both changed is another.
        return
            Changed(before.HealthNumber?.Value, now.HealthNumber?.Value)
            && (Changed(before.DisplayName, now.DisplayName) || Changed(before.BirthDate, now.BirthDate))
            ? "patient-differs"
            : null;

        static bool Changed(string? one, string? other) =>
            !string.IsNullOrEmpty(one)
            && !string.IsNullOrEmpty(other)
            && !one.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Takes a new referral in, and after it what had been parked because it was not here yet: an update or even a
    /// revoke that overtook it. It may thus come back revoked.
    /// </summary>
    public async Task<KnownReferral> Receive(
        TakeIn taken,
        ListingFound listing,
        ReferralContent content,
        CancellationToken stop
    )
    {
        var message = taken.Message;
        var isSelf = ContentReader.IsSelfReferral(message);
        var reference = ReferenceOf(taken);
        var referral = Referral.Receive(
            new Arrival(
                Ids.New(clock),
                listing.SiteId,
                listing.Id,
                taken.Connection.Id,
                reference,
                taken.Inbound.GuideVersion!,
                ContentReader.Priority(message),
                message.IsTest,
                isSelf,
                HeldBecause(message.IsTest, isSelf, listing),
                FirstSeenByUpdate: message.Kind == EventKind.Update
            ),
            actor,
            clock.GetUtcNow()
        );
        referral.Warnings = taken.Inbound.Issues.Count;
        referral.ContentAsOf = SentAt(taken);
        referral.Review = [.. ReviewReasons.Of(content)];
        referral.Missing = Completeness.Missing(content, listing, clock.GetUtcNow()).Count;
        if (await Replaced(taken, listing, stop) is { } replaced)
            referral.Replace(replaced);
        var (row, key) = keys.NewKey(referral.Id, clock);
        var demographics = new Demographics { ReferralId = referral.Id };
        demographics.Close(FaceOf(content), reference, key, keys);
        db.DataKeys.Add(row);
        db.Referrals.Add(referral);
        db.Demographics.Add(demographics);
        db.Add(new Content { ReferralId = referral.Id, Sealed = ContentOf.Close(content, key) });
        await attachments.Keep(message, referral, key, taken.Connection, Lists.AllOfNew, stop);
        await mediator.Publish(new ReferralReceived(referral, taken.Connection.Id), stop);
        if (isSelf && referral.HeldBecause is null && listing.SelfReferral == "decline")
            await DeclineSelfReferral(referral, listing, key, stop);
        var known = new KnownReferral(referral, key);
        if (!taken.IsFirst)
            await CatchUp(known, taken, stop);
        return known;
    }

    /// <summary>
    /// The source says again, or anew, what a referral is about. What it says is brought up to date, where it stands is
    /// ours. The step in the history keeps a decision from being taken on what was seen before. Returns why nothing was
    /// done (superseded: a newer message was here before; no-change), or null.
    /// </summary>
    public async Task<string?> BringUpToDate(
        KnownReferral known,
        TakeIn taken,
        ReferralContent said,
        LifecycleAction action,
        CancellationToken stop
    )
    {
        var (referral, key) = known;
        var message = taken.Message;
        var sentAt = SentAt(taken);
        if (sentAt < referral.ContentAsOf)
            return "superseded";
        var demographics = await db.Demographics.SingleAsync(d => d.ReferralId == referral.Id, stop);
        var kept = await db.Set<Content>().SingleAsync(c => c.ReferralId == referral.Id, stop);
        var before = ContentOf.Open(kept, demographics, key);
        var after = Merging.Of(before, said, message.ServiceRequest is not null);
        var changes = Differences.Between(before, after);
        referral.ContentAsOf = sentAt ?? referral.ContentAsOf;
        await attachments.Keep(message, referral, key, taken.Connection, Lists.All, stop);
        if (changes.Count == 0 && action == LifecycleAction.Update)
            return "no-change";

        var now = clock.GetUtcNow();
        var step = referral.Do(action, actor, now);
        if (message.ServiceRequest is not null)
        {
            referral.Priority = ContentReader.Priority(message);
            referral.Warnings = taken.Inbound.Issues.Count;
        }
        referral.Review =
        [
            .. ReviewReasons.Of(after).Union(referral.Review.Where(r => r != ReviewReasons.NoRequester)),
        ];
        referral.GuideVersion = taken.Inbound.GuideVersion!;
        referral.Missing = Completeness.Missing(after, await ListingOf(known, stop), now).Count;
        demographics.Close(FaceOf(after), referral.Reference, key, keys);
        kept.Sealed = ContentOf.Close(after, key);
        if (changes.Count > 0)
        {
            referral.Unnoted++;
            var change = new SourceChange(message.SaidBy, message.Hints, changes);
            db.Add(
                new Change
                {
                    Id = Ids.New(clock),
                    ReferralId = referral.Id,
                    MessageId = taken.MessageId,
                    Step = step.Seq,
                    At = now,
                    Sealed = key.Seal(Change.Purpose, change, IntakeJson.Default.SourceChange),
                }
            );
        }
        // What is over stands in no queue that anybody works: it must be seen that its source goes on.
        if (referral.State is ReferralState.Declined or ReferralState.Completed or ReferralState.Cancelled)
        {
            var why = action == LifecycleAction.Resend ? "resent-after-end" : "changed-after-end";
            referral.Review = [.. referral.Review.Union([why])];
        }
        await mediator.Publish(new ReferralStepped(referral, step), stop);
        return null;
    }

    /// <summary>The listing takes no self-referrals: the patient's own system is told so, in the listing's words.</summary>
    private async Task DeclineSelfReferral(Referral referral, ListingFound listing, DataKey key, CancellationToken stop)
    {
        var reason = listing.SelfReferralMessage is { } message ? key.Seal(ReferralStep.ReasonPurpose, message) : null;
        var step = referral.Do(LifecycleAction.Decline, new Actor(), clock.GetUtcNow(), reason);
        await mediator.Publish(new ReferralStepped(referral, step), stop);
    }

    /// <summary>A source that gives its referral no id can't speak of it again; the message's own key then stands for it.</summary>
    private static string ReferenceOf(TakeIn taken) => taken.Message.Reference ?? taken.Inbound.Key;

    /// <summary>The referral of the same site that this one takes the place of.</summary>
    private async Task<Referral?> Replaced(TakeIn taken, ListingFound listing, CancellationToken stop)
    {
        var ids = taken.Message.Replaces;
        return ids.Count == 0
            ? null
            : await db
                .Referrals.Where(r =>
                    r.ConnectionId == taken.Connection.Id
                    && r.SiteId == listing.SiteId
                    && r.IsTest == taken.Message.IsTest
                    && ids.Contains(r.Reference)
                )
                .OrderBy(r => r.ClockFrom)
                .FirstOrDefaultAsync(stop);
    }

    /// <summary>Takes in, in the order in which they were sent, the messages that had to wait for this referral.</summary>
    private async Task CatchUp(KnownReferral known, TakeIn taken, CancellationToken stop)
    {
        var reference = known.Referral.Reference;
        var waiting = await db
            .Messages.Where(m =>
                m.ConnectionId == taken.Connection.Id
                && m.Reference == reference
                && m.ReferralId == null
                && m.Outcome == "parked"
                && m.Resolution == null
                && (m.Reason == "referral-unknown" || m.Reason == "listing-unknown")
                && m.Id != taken.MessageId
            )
            .OrderBy(m => m.SentAt ?? m.ReceivedAt)
            .ToListAsync(stop);
        foreach (var parked in waiting)
        {
            // A revoke forgets what is in the database, not what is about to be.
            await db.SaveChangesAsync(stop);
            if (known.Referral.State == ReferralState.Revoked)
                return;
            if (await inbox.Body(parked, stop) is not { } body || Incoming.Of(body) is not { } message)
                continue;
            var inbound = new Inbound(
                taken.Connection.Id,
                message.Key(body),
                parked.Event,
                parked.GuideVersion ?? taken.Connection.GuideVersion,
                body,
                await inbox.Issues(parked, stop)
            )
            {
                Reference = parked.Reference,
                SentAt = parked.SentAt,
            };
            var handled = await mediator.Send(
                new TakeIn(message, inbound, parked.Id, taken.Connection)
                {
                    // What a person said of a performer holds for the same performer.
                    ListingId = SamePerformer(message, taken.Message) ? taken.ListingId : null,
                },
                stop
            );
            if (handled.Parked)
                parked.Reason = handled.Reason;
            else
                inbox.Settle(parked, body, handled, by: null);
        }
    }

    private static bool SamePerformer(Incoming one, Incoming other) =>
        one.Performer.Select(p => p.Value).ToHashSet().SetEquals(other.Performer.Select(p => p.Value));

    /// <summary>When it was sent, as its source says; one whose clock is ahead sent it when it arrived.</summary>
    private DateTimeOffset? SentAt(TakeIn taken) =>
        taken.Message.SentAt is { } said && clock.GetUtcNow() is var now && said > now ? now : taken.Message.SentAt;

    private static Face FaceOf(ReferralContent content) => new(content.Patient, content.Requester?.Name);

    private static string? HeldBecause(bool isTest, bool isSelf, ListingFound listing) =>
        (isTest, listing.IsTest) switch
        {
            (true, false) => "test-to-real",
            (false, true) => "real-to-test",
            _ => isSelf && listing.SelfReferral == "hold" ? "self-referral" : null,
        };
}

/// <summary>What a source means by one of its ids.</summary>
/// <param name="Known">The referral; null when we don't have it.</param>
/// <param name="Revoked">What is left of it after its revocation.</param>
internal sealed record FoundReferral(KnownReferral? Known, Referral? Revoked);
