using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;

namespace Rms.Intake;

/// <summary>Forgets, with a referral that is revoked or wiped, what its source said of it.</summary>
internal sealed class Forgetting(RmsDb db) : INotificationHandler<ReferralStepped>
{
    public async Task Handle(ReferralStepped notification, CancellationToken cancellationToken)
    {
        if (notification.Referral.State != ReferralState.Revoked)
            return;
        var id = notification.Referral.Id;
        await db.Set<Content>().Where(c => c.ReferralId == id).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Change>().Where(c => c.ReferralId == id).ExecuteDeleteAsync(cancellationToken);
        await db.Set<RequesterMessage>().Where(c => c.ReferralId == id).ExecuteDeleteAsync(cancellationToken);
    }
}
