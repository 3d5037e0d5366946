using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;

namespace Rms.Intake;

/// <summary>
/// The latest messages to one's own sites that were refused, that are copies of referrals to others, or that were routed
/// or closed by hand, newest first; for intake coordinators and administrators, nothing for others. Administrators also
/// see what was refused because its sender did not show who it is.
/// </summary>
public sealed record MessagesToLookAt() : IRequest<IReadOnlyList<MessageToLookAt>>;

/// <summary>A message that is no work any more.</summary>
/// <param name="Outcome">accepted, parked or refused.</param>
/// <param name="Reason">Why: a code.</param>
/// <param name="Status">The HTTP status that its sender got.</param>
/// <param name="Times">How often it came: refusals of a kind that nobody sent by name are counted together.</param>
/// <param name="ReferralId">The referral that it speaks of, if we have it.</param>
/// <param name="Issues">What was found wrong or odd in it.</param>
public sealed record MessageToLookAt(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string Source,
    string? Event,
    string Outcome,
    string? Reason,
    string? Resolution,
    int Status,
    int Times,
    Guid? ReferralId,
    IReadOnlyList<MessageIssue> Issues
);

internal sealed class LookingAtMessages(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<MessagesToLookAt, IReadOnlyList<MessageToLookAt>>
{
    private const int Most = 200;

    public async Task<IReadOnlyList<MessageToLookAt>> Handle(
        MessagesToLookAt request,
        CancellationToken cancellationToken
    )
    {
        var sites = actor.Sites.Where(s => actor.Has(s, Role.IntakeCoordinator, Role.Administrator)).ToList();
        var mine = await mediator.Send(new ConnectionsOfSites(sites), cancellationToken);
        var administers = sites.Any(s => actor.Has(s, Role.Administrator));
        var messages = await db
            .Messages.AsNoTracking()
            .Where(m => m.Outcome == "refused" || m.Resolution != null || m.Reason == "sent-copy")
            .Where(m => mine.Contains(m.ConnectionId!.Value) || (administers && m.ConnectionId == null))
            // A referral of another site is that site's to look at.
            .Where(m => m.ReferralId == null || db.Referrals.Any(r => r.Id == m.ReferralId && sites.Contains(r.SiteId)))
            .OrderByDescending(m => m.ReceivedAt)
            .Take(Most)
            .GroupJoin(db.DataKeys, m => m.ReferralId ?? m.Id, k => k.OwnerId, (m, k) => new { m, k })
            .SelectMany(
                x => x.k.DefaultIfEmpty(),
                (x, k) =>
                    new
                    {
                        x.m.Id,
                        x.m.ReceivedAt,
                        x.m.ConnectionId,
                        x.m.Event,
                        x.m.Outcome,
                        x.m.Reason,
                        x.m.Resolution,
                        x.m.Status,
                        x.m.Times,
                        x.m.ReferralId,
                        x.m.SealedIssues,
                        Key = k,
                    }
            )
            .OrderByDescending(m => m.ReceivedAt)
            .ToListAsync(cancellationToken);
        var names = await mediator.Send(new NamesOfDirectory(), cancellationToken);

        db.Audit.Record(actor, "messages-viewed", clock);
        await db.SaveChangesAsync(cancellationToken);
        return
        [
            .. messages.Select(m => new MessageToLookAt(
                m.Id,
                m.ReceivedAt,
                m.ConnectionId is { } sender ? names.Connections.GetValueOrDefault(sender, "") : "",
                m.Event,
                m.Outcome,
                m.Reason,
                m.Resolution,
                m.Status,
                m.Times,
                // Without its key it is forgotten, and so is the referral.
                m.Key
                    is null
                    ? null
                    : m.ReferralId,
                m.Key is null || m.SealedIssues is null
                    ? []
                    : keys.Unwrap(m.Key)
                        .Open(Message.IssuesPurpose, m.SealedIssues, SealedJson.Default.ListMessageIssue)
            )),
        ];
    }
}
