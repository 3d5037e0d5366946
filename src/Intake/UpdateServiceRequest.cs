using MediatR;
using Rms.Core;
using Rms.Core.Messages;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// update-service-request, notify-update-service-request, notify-data-correction: what a referral says has changed. One
/// that we do not know is created, if the message holds all of it: sources send what is older than the connection so.
/// </summary>
internal sealed record UpdateServiceRequest(TakeIn Taken) : IRequest<Handled>;

internal sealed class UpdatingServiceRequest(SourceReferrals referrals) : IRequestHandler<UpdateServiceRequest, Handled>
{
    public async Task<Handled> Handle(UpdateServiceRequest request, CancellationToken cancellationToken)
    {
        var taken = request.Taken;
        var found = await referrals.Find(taken, cancellationToken);
        if (found.Revoked is { } revoked)
            return Replies.Forgotten(revoked);
        if (found.Known is { } known)
            return await Update(known, taken, cancellationToken);

        if (taken.Message.Reference is null || taken.Message.ServiceRequest is null || !taken.Message.HasPatient)
        {
            const string Text =
                "The message was kept, but the referral that it speaks of is not known here; a person will look at it.";
            return new Handled(Parked: true, "referral-unknown", Replies.Kept(Text), null);
        }
        if (await referrals.ListingFor(taken, cancellationToken) is not { } listing)
        {
            const string Text = "The message was kept, but its performer is no listing here; a person will look at it.";
            return new Handled(Parked: true, "listing-unknown", Replies.Kept(Text), null);
        }
        var content = ContentReader.Read(taken.Message, listing, taken.Connection);
        var received = await referrals.Receive(taken, listing, content, cancellationToken);
        return received.Referral.State == ReferralState.Revoked
            ? Replies.Forgotten(received.Referral)
            : new Handled(
                Parked: false,
                "first-seen-by-update",
                Replies.Kept("The referral was not known here and was taken in from this update."),
                received
            );
    }

    private async Task<Handled> Update(KnownReferral known, TakeIn taken, CancellationToken stop)
    {
        if (taken.Message.IsEventLogged)
            return new Handled(Parked: false, "event-logged", Replies.Kept("The message was kept."), known);
        var own = await referrals.ListingOf(known, stop);
        var content = ContentReader.Read(taken.Message, own, taken.Connection);
        // One that names its performer must still mean us.
        var named =
            taken.ListingId is not null || taken.Message.Performer.Count > 0
                ? await referrals.ListingFor(taken, stop)
                : own;
        var difference = named is null ? "resend-differs" : await referrals.Differs(known, named, taken, content, stop);
        if (difference is not null)
            return new Handled(Parked: true, difference, Replies.Differs(), known);
        var reason = await referrals.BringUpToDate(known, taken, content, LifecycleAction.Update, stop);
        return new Handled(
            Parked: false,
            reason,
            Replies.Kept(
                reason switch
                {
                    "superseded" => "The message was kept; a newer one of this referral had been taken in before.",
                    "no-change" => "The message was kept; it says nothing new.",
                    _ => "The update was taken in.",
                }
            ),
            known
        );
    }
}
