using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;

namespace Rms.Intake;

/// <summary>
/// The latest messages to one's own sites that no referral came of (kept aside or refused), those that wait for a person before those that were refused, newest first; for intake
/// coordinators and administrators, nothing for others.
/// </summary>
public sealed record MessagesToLookAt() : IRequest<IReadOnlyList<MessageToLookAt>>;

/// <summary>A message that was kept aside or refused.</summary>
/// <param name="Outcome">parked or refused.</param>
/// <param name="Reason">Why: a code.</param>
/// <param name="Status">The HTTP status that its sender got.</param>
/// <param name="ReferralId">The referral that it speaks of, if we know it.</param>
/// <param name="Issues">What was found wrong or odd in it.</param>
public sealed record MessageToLookAt(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string Source,
    string? Event,
    string Outcome,
    string? Reason,
    int Status,
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
        var messages = await db
            .Messages.AsNoTracking()
            .Where(m => m.Outcome != "accepted" && mine.Contains(m.ConnectionId!.Value))
            // A referral of another site is that site's to look at.
            .Where(m => m.ReferralId == null || db.Referrals.Any(r => r.Id == m.ReferralId && sites.Contains(r.SiteId)))
            // What waits for a person comes before what was answered with its faults.
            .OrderBy(m => m.Outcome)
            .ThenByDescending(m => m.ReceivedAt)
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
                        x.m.Status,
                        x.m.ReferralId,
                        x.m.SealedIssues,
                        Key = k,
                    }
            )
            .OrderBy(m => m.Outcome)
            .ThenByDescending(m => m.ReceivedAt)
            .ToListAsync(cancellationToken);
        var names = await mediator.Send(new NamesOfDirectory(), cancellationToken);

        db.Audit.Record(actor, "messages-viewed", clock);
        await db.SaveChangesAsync(cancellationToken);
        return
        [
            .. messages.Select(m => new MessageToLookAt(
                m.Id,
                m.ReceivedAt,
                names.Connections.GetValueOrDefault(m.ConnectionId!.Value, ""),
                m.Event,
                m.Outcome,
                m.Reason,
                m.Status,
                m.ReferralId,
                m.Key is null || m.SealedIssues is null
                    ? []
                    : keys.Unwrap(m.Key)
                        .Open(Message.IssuesPurpose, m.SealedIssues, SealedJson.Default.ListMessageIssue)
            )),
        ];
    }
}
