using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Messages;

namespace Rms.Intake;

/// <summary>
/// revoke-service-request: consent is withdrawn. The step is taken and everything about the patient goes (each module
/// hears it and forgets), all in the message's own transaction. Only the referral's own source may do so: Problem 403.
/// </summary>
internal sealed record RevokeServiceRequest(TakeIn Taken) : IRequest<Handled>;

internal sealed class RevokingServiceRequest(
    RmsDb db,
    SourceReferrals referrals,
    Actor actor,
    IMediator mediator,
    TimeProvider clock
) : IRequestHandler<RevokeServiceRequest, Handled>
{
    /// <summary>
    /// The referral is another source's. Of such a message only the envelope is kept: the withdrawal of the referral's
    /// own source would not reach what it holds.
    /// </summary>
    public const string NotYours = "revoke.not-yours";

    public async Task<Handled> Handle(RevokeServiceRequest request, CancellationToken cancellationToken)
    {
        var taken = request.Taken;
        var found = await referrals.Find(taken, cancellationToken);
        if (found.Revoked is { } already)
            return Replies.Forgotten(already);
        if (found.Known is not { } known)
        {
            var reference = taken.Message.Reference;
            if (
                reference is not null
                && await db.Referrals.AnyAsync(
                    r => r.Reference == reference && r.ConnectionId != taken.Connection.Id,
                    cancellationToken
                )
            )
                throw new Problem(NotYours, 403);
            const string Text =
                "The message was kept, but the referral that it revokes is not known here; a person will look at it.";
            return new Handled(Parked: true, "referral-unknown", Replies.Kept(Text), null);
        }
        var step = known.Referral.Do(LifecycleAction.Revoke, actor, clock.GetUtcNow());
        await mediator.Publish(new ReferralStepped(known.Referral, step), cancellationToken);
        return Replies.Forgotten(known.Referral) with { Reason = "revoked" };
    }
}
