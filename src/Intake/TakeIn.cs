using MediatR;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>A message to act upon, within the transaction of the inbox. Answered by the one who knows its event.</summary>
/// <param name="Message">What it says.</param>
/// <param name="Inbound">How it came.</param>
/// <param name="MessageId">The id under which it is kept.</param>
/// <param name="Connection">Who sent it.</param>
internal sealed record TakeIn(Incoming Message, Inbound Inbound, Guid MessageId, ConnectionSettings Connection)
    : IRequest<Handled>
{
    /// <summary>Nothing is here yet of the referral that it names, so that nothing need be looked for.</summary>
    public bool IsFirst { get; init; }

    /// <summary>The listing that a person chose for it, when it named none of ours.</summary>
    public Guid? ListingId { get; init; }

    /// <summary>A person says that it is the same patient, though it does not look so.</summary>
    public bool SamePatient { get; init; }

    /// <summary>A person says that it is an update, whatever its event.</summary>
    public bool IsUpdate { get; init; }
}

internal sealed class TakingIn(IMediator mediator) : IRequestHandler<TakeIn, Handled>
{
    public Task<Handled> Handle(TakeIn request, CancellationToken cancellationToken) =>
        (request.IsUpdate ? EventKind.Update : request.Message.Kind) switch
        {
            EventKind.Add or EventKind.Copy => mediator.Send(new AddServiceRequest(request), cancellationToken),
            EventKind.Update => mediator.Send(new UpdateServiceRequest(request), cancellationToken),
            EventKind.Revoke => mediator.Send(new RevokeServiceRequest(request), cancellationToken),
            EventKind.Communication => mediator.Send(new KeepCommunication(request), cancellationToken),
            _ => mediator.Send(new SetAside(request), cancellationToken),
        };
}

/// <summary>A message whose event we don't know: kept with its referral, if we know that one, for a person to see.</summary>
internal sealed record SetAside(TakeIn Taken) : IRequest<Handled>;

internal sealed class SettingAside(SourceReferrals referrals) : IRequestHandler<SetAside, Handled>
{
    public async Task<Handled> Handle(SetAside request, CancellationToken cancellationToken)
    {
        var found = await referrals.Find(request.Taken, cancellationToken);
        return found.Revoked is { } revoked
            ? Replies.Forgotten(revoked)
            : new Handled(
                Parked: true,
                request.Taken.Message.Event is null ? "event-missing" : "event-unknown",
                Replies.Kept(
                    "The message was kept, but its event is none that is known here; a person will look at it."
                ),
                found.Known
            );
    }
}
