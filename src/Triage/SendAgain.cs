using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Messages;

namespace Rms.Triage;

/// <summary>
/// A person wants a message sent again that was given up: it goes out with the same bytes and the same id. Problem 404
/// when it is not of one's own sites, 409 when it was not given up.
/// </summary>
/// <param name="Delivery">The delivery's id.</param>
public sealed record SendAgain(Guid Delivery) : IRequest<Unit>;

internal sealed class SendingAgain(RmsDb db, Actor actor, TimeProvider clock) : IRequestHandler<SendAgain, Unit>
{
    public async Task<Unit> Handle(SendAgain request, CancellationToken cancellationToken)
    {
        var row =
            await db.Outbox.SingleOrDefaultAsync(o => o.Id == request.Delivery, cancellationToken)
            ?? throw Problem.NotFound();
        var referral = await db.Referrals.AsNoTracking().SingleAsync(r => r.Id == row.ReferralId, cancellationToken);
        actor.Require(referral.SiteId, Role.IntakeCoordinator, Role.Administrator);
        if (row.State != OutboxState.Dead)
            throw new Problem("delivery.not-given-up", 409);
        var now = clock.GetUtcNow();
        (row.State, row.Attempts, row.DueAt, row.DueSince, row.FinishedAt) = (OutboxState.Due, 0, now, now, null);
        db.Audit.Record(actor, "delivery-sent-again", clock, referral, ("delivery", row.Id.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return Unit.Value;
    }
}
