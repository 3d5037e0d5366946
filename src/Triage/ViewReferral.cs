using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;

namespace Rms.Triage;

/// <summary>Everything about one referral. Problem 404 when it is not of one's own sites.</summary>
public sealed record GetReferral(Guid Id) : IRequest<ReferralView>;

/// <summary>A referral, as its page shows it.</summary>
/// <param name="Reference">Its id at the source.</param>
/// <param name="HeldBecause">self-referral, test-to-real, real-to-test.</param>
/// <param name="Actions">What this person may do now: accept, decline, send-again (what was given up).</param>
/// <param name="SourceShows">What the source presumably shows of it: a code.</param>
public sealed record ReferralView(
    Guid Id,
    int Version,
    string State,
    string Reference,
    string Site,
    string Listing,
    string Source,
    string GuideVersion,
    bool IsTest,
    bool IsSelfReferral,
    bool IsHeld,
    string? HeldBecause,
    DateTimeOffset ReceivedAt,
    ReferralContent Content,
    IReadOnlyList<HistoryEntry> History,
    IReadOnlyList<DeliveryEntry> Deliveries,
    IReadOnlyList<WarningEntry> Warnings,
    IReadOnlyList<string> Actions,
    string? SourceShows
);

/// <summary>A step.</summary>
/// <param name="Who">The person's or connection's name; null: this system.</param>
public sealed record HistoryEntry(
    int Seq,
    string Action,
    string From,
    string To,
    DateTimeOffset At,
    string? Who,
    string? Reason
);

/// <summary>What is owed or was sent to somebody.</summary>
/// <param name="State">due, sending, retrying, delivered, dead, not-needed.</param>
/// <param name="LastError">A code for what went wrong, with the receiver's HTTP status where it answered.</param>
public sealed record DeliveryEntry(
    Guid Id,
    string Event,
    string Receiver,
    string State,
    int Attempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? DeliveredAt,
    string? LastError
);

/// <summary>An oddity of the message that brought it.</summary>
public sealed record WarningEntry(string Severity, string Expression, string Text);

internal sealed class ViewReferral(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<GetReferral, ReferralView>
{
    public async Task<ReferralView> Handle(GetReferral request, CancellationToken cancellationToken)
    {
        var referral =
            await db
                .Referrals.AsNoTracking()
                .Include(r => r.History.OrderBy(s => s.Seq))
                .SingleOrDefaultAsync(
                    r => r.Id == request.Id && actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked,
                    cancellationToken
                )
            ?? throw Problem.NotFound();
        var key = keys.Unwrap(
            await db.DataKeys.AsNoTracking().SingleAsync(k => k.OwnerId == request.Id, cancellationToken)
        );
        var names = await mediator.Send(new NamesOfDirectory(), cancellationToken);
        var content = await mediator.Send(new ReferralContentOf(request.Id), cancellationToken);
        var history = await History(referral, key, names, cancellationToken);
        var deliveries = await Deliveries(request.Id, names, cancellationToken);
        var warnings = await Warnings(request.Id, key, cancellationToken);

        db.Audit.Record(actor, "referral-viewed", clock, referral);
        await db.SaveChangesAsync(cancellationToken);
        return new ReferralView(
            referral.Id,
            referral.Version,
            referral.State.ToString(),
            referral.Reference,
            names.Sites[referral.SiteId],
            names.Listings[referral.ListingId],
            names.Connections[referral.ConnectionId],
            referral.GuideVersion,
            referral.IsTest,
            referral.IsSelfReferral,
            referral.HeldBecause is not null,
            referral.HeldBecause,
            referral.ReceivedAt,
            content,
            history,
            deliveries,
            warnings,
            Decisions.Open(referral, actor),
            await mediator.Send(new SourceShows(referral.Id), cancellationToken)
        );
    }

    private async Task<List<HistoryEntry>> History(
        Referral referral,
        DataKey key,
        DirectoryNames names,
        CancellationToken stop
    )
    {
        var people = await PeopleOf(db, referral.History, stop);
        return
        [
            .. referral.History.Select(s => new HistoryEntry(
                s.Seq,
                s.Action.ToString(),
                s.From.ToString(),
                s.To.ToString(),
                s.At,
                Who(s, people, names),
                s.SealedReason is null ? null : key.OpenText(Decisions.ReasonPurpose, s.SealedReason)
            )),
        ];
    }

    public static async Task<Dictionary<Guid, string>> PeopleOf(
        RmsDb db,
        IEnumerable<ReferralStep> steps,
        CancellationToken stop
    )
    {
        var ids = steps.Where(s => s.ActorKind == ActorKind.Person).Select(s => s.ActorId).Distinct().ToList();
        return await db.Users.Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.DisplayName, stop);
    }

    public static string? Who(ReferralStep step, Dictionary<Guid, string> people, DirectoryNames names) =>
        step.ActorId is not { } id ? null
        : step.ActorKind == ActorKind.Person ? people.GetValueOrDefault(id)
        : names.Connections.GetValueOrDefault(id);

    private async Task<List<DeliveryEntry>> Deliveries(Guid id, DirectoryNames names, CancellationToken stop)
    {
        var rows = await db
            .Outbox.AsNoTracking()
            .Where(o => o.ReferralId == id)
            .OrderBy(o => o.Seq)
            .Select(o => new
            {
                o.Id,
                o.Event,
                o.ReceiverId,
                o.State,
                o.Attempts,
                o.DueAt,
                o.LeaseUntil,
                o.FinishedAt,
                o.LastError,
                o.LastStatus,
            })
            .ToListAsync(stop);
        var now = clock.GetUtcNow();
        return
        [
            .. rows.Select(o => new DeliveryEntry(
                o.Id,
                o.Event,
                names.Connections.GetValueOrDefault(o.ReceiverId, ""),
                o.State switch
                {
                    OutboxState.Delivered => "delivered",
                    OutboxState.Dead => "dead",
                    OutboxState.NotNeeded => "not-needed",
                    _ when o.LeaseUntil > now => "sending",
                    _ => o.Attempts == 0 ? "due" : "retrying",
                },
                o.Attempts,
                o.State == OutboxState.Due ? o.DueAt : null,
                o.State == OutboxState.Delivered ? o.FinishedAt : null,
                o.LastError is null ? null
                    : o.LastStatus is null ? o.LastError
                    : $"{o.LastError} {o.LastStatus}"
            )),
        ];
    }

    private async Task<List<WarningEntry>> Warnings(Guid id, DataKey key, CancellationToken stop)
    {
        var latest = await db
            .Messages.AsNoTracking()
            .Where(m => m.ReferralId == id && m.Outcome == "accepted")
            .OrderByDescending(m => m.ReceivedAt)
            .Select(m => m.SealedIssues)
            .FirstOrDefaultAsync(stop);
        return latest is null
            ? []
            :
            [
                .. key.Open(Message.IssuesPurpose, latest, SealedJson.Default.ListMessageIssue)
                    .Select(i => new WarningEntry(i.Severity, i.Expression, i.Text)),
            ];
    }
}
