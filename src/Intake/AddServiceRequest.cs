using MediatR;
using Rms.Core;
using Rms.Core.Messages;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// add-service-request: a new referral, or one that its source sends again. notify-add-service-request: a copy of a
/// referral; to a listing of ours it is taken like an add, to anybody else's it is kept as a sent copy.
/// </summary>
internal sealed record AddServiceRequest(TakeIn Taken) : IRequest<Handled>;

internal sealed class AddingServiceRequest(SourceReferrals referrals, TimeProvider clock)
    : IRequestHandler<AddServiceRequest, Handled>
{
    public async Task<Handled> Handle(AddServiceRequest request, CancellationToken cancellationToken)
    {
        var taken = request.Taken;
        var isCopy = taken.Message.Kind == EventKind.Copy;
        var found = await referrals.Find(taken, cancellationToken);
        if (found.Revoked is { } revoked)
            return Replies.Forgotten(revoked);
        var listing = await referrals.ListingFor(taken, cancellationToken);
        if (isCopy && (listing is null || taken.Message.ServiceRequest is null))
        {
            const string Text = "The copy was kept; it holds no referral to a listing here.";
            return new Handled(Parked: false, "sent-copy", Replies.Kept(Text), found.Known);
        }
        if (listing is null)
        {
            const string Text = "The message was kept, but its performer is no listing here; a person will look at it.";
            return new Handled(Parked: true, "listing-unknown", Replies.Kept(Text), found.Known);
        }
        var content = ContentReader.Read(taken.Message, listing, taken.Connection);
        if (found.Known is { } known)
        {
            if (await referrals.Differs(known, listing, taken, content, cancellationToken) is { } difference)
                return new Handled(Parked: true, difference, Replies.Differs(), known);
            var reason = await referrals.BringUpToDate(
                known,
                taken,
                content,
                isCopy ? LifecycleAction.Update : LifecycleAction.Resend,
                cancellationToken
            );
            return Taken(known, reason);
        }
        var received = await referrals.Receive(taken, listing, content, cancellationToken);
        return received.Referral.State == ReferralState.Revoked
            ? Replies.Forgotten(received.Referral)
            : Taken(received, null);

        Handled Taken(KnownReferral about, string? reason) =>
            new(
                Parked: false,
                reason,
                isCopy
                    ? Replies.Kept("The copy was taken in as a referral to a listing here.")
                    : Replies.Echo(taken.Message, taken.Connection, about.Referral, clock),
                about
            );
    }
}
