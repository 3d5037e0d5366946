using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Messages;

namespace Rms.Revocation;

/// <summary>
/// Forgets a referral that is revoked or wiped: who the patient is, every message that spoke of it (also those that
/// were parked or refused), what we sent, and reasons in free text; and destroys its key, so that no copy of any of it
/// can be read. The other modules hear the same step and forget what is theirs. What stays is the tombstone: the
/// referral's ids, its steps, its audit, and the envelopes of its messages.
/// </summary>
internal sealed class Purging(RmsDb db) : INotificationHandler<ReferralStepped>
{
    public async Task Handle(ReferralStepped notification, CancellationToken cancellationToken)
    {
        var referral = notification.Referral;
        if (referral.State != ReferralState.Revoked)
            return;
        var isWipe = notification.Step.Action == LifecycleAction.Wipe;
        // A wiped referral has given its id back; its messages still carry it.
        var reference = isWipe ? referral.Reference[..^33] : referral.Reference;
        var messages = db.Messages.Where(m =>
            m.ReferralId == referral.Id
            || (m.ReferralId == null && m.ConnectionId == referral.ConnectionId && m.Reference == reference)
        );
        // The keys of messages that were never its own: parked or refused ones.
        await db
            .DataKeys.Where(k => messages.Any(m => m.Id == k.OwnerId) || k.OwnerId == referral.Id)
            .ExecuteDeleteAsync(cancellationToken);
        if (isWipe)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                delete from core.inbox i using core.message m
                where i.message_id = m.id and m.connection_id = {referral.ConnectionId}
                and (m.referral_id = {referral.Id} or (m.referral_id is null and m.reference = {reference}))
                """,
                cancellationToken
            );
        }
        await messages
            .Where(m => m.Outcome == "parked" && m.Resolution == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Resolution, "revoked").SetProperty(m => m.ResolvedAt, referral.ChangedAt),
                cancellationToken
            );
        await messages.ExecuteUpdateAsync(
            set =>
                set.SetProperty(m => m.ReferralId, referral.Id)
                    .SetProperty(m => m.SealedBody, (byte[]?)null)
                    .SetProperty(m => m.SealedReply, (byte[]?)null)
                    .SetProperty(m => m.SealedIssues, (byte[]?)null),
            cancellationToken
        );
        await db.Demographics.Where(d => d.ReferralId == referral.Id).ExecuteDeleteAsync(cancellationToken);
        await db
            .Steps.Where(s => s.ReferralId == referral.Id && s.SealedReason != null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.SealedReason, (byte[]?)null), cancellationToken);
        await db
            .Outbox.Where(o => o.ReferralId == referral.Id && o.SealedBody != null)
            .ExecuteUpdateAsync(set => set.SetProperty(o => o.SealedBody, (byte[]?)null), cancellationToken);
        // What is still owed would speak of a patient whom we no longer know.
        await db
            .Outbox.Where(o => o.ReferralId == referral.Id && o.State == OutboxState.Due)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.State, OutboxState.NotNeeded)
                        .SetProperty(o => o.FinishedAt, referral.ChangedAt)
                        .SetProperty(o => o.LastError, "referral-gone"),
                cancellationToken
            );
    }
}
