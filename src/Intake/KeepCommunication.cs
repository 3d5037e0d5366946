using MediatR;
using Rms.Core;
using Rms.Core.Messages;
using Rms.Intake.Attached;
using Rms.Intake.FromFhir;
using F = Rms.Fhir.Model;

namespace Rms.Intake;

/// <summary>send-communication-from-requester and its other spellings: the requester writes to us about a referral.</summary>
internal sealed record KeepCommunication(TakeIn Taken) : IRequest<Handled>;

internal sealed class KeepingCommunication(
    RmsDb db,
    SourceReferrals referrals,
    Attachments attachments,
    TimeProvider clock
) : IRequestHandler<KeepCommunication, Handled>
{
    public async Task<Handled> Handle(KeepCommunication request, CancellationToken cancellationToken)
    {
        var taken = request.Taken;
        var found = await referrals.Find(taken, cancellationToken);
        if (found.Revoked is { } revoked)
            return Replies.Forgotten(revoked);
        if (found.Known is not { } known)
        {
            const string Text =
                "The message was kept, but the referral that it speaks of is not known here; a person will look at it.";
            return new Handled(Parked: true, "referral-unknown", Replies.Kept(Text), null);
        }
        var now = clock.GetUtcNow();
        var written = taken.Message.All<F.Communication>().Select(c => Read(taken.Message, c)).ToList();
        if (written.All(w => w.Text.Length == 0 && w.Attachments.Count == 0))
        {
            const string Text =
                "The message was kept, but it holds no Communication with content; a person will look at it.";
            return new Handled(Parked: true, "communication-empty", Replies.Kept(Text), known);
        }
        foreach (var each in written)
        {
            db.Add(
                new RequesterMessage
                {
                    Id = Ids.New(clock),
                    ReferralId = known.Referral.Id,
                    MessageId = taken.MessageId,
                    At = now,
                    Sealed = known.Key.Seal(RequesterMessage.Purpose, each, IntakeJson.Default.WrittenMessage),
                }
            );
        }
        await attachments.Keep(
            taken.Message,
            known.Referral,
            known.Key,
            taken.Connection,
            Lists.More,
            cancellationToken
        );
        known.Referral.Unnoted += written.Count;
        known.Referral.ChangedAt = now;
        return new Handled(Parked: false, null, Replies.Kept("The message was kept with its referral."), known);
    }

    private static WrittenMessage Read(Incoming message, F.Communication communication) =>
        new(
            (
                People.Read(message, communication.Sender, null)
                ?? People.Read(message, message.Header.Author ?? message.Header.Sender, null)
            )?.Name,
            communication.Sent ?? message.Bundle.Timestamp,
            communication
                .Category.Concat(communication.ReasonCode)
                .Select(Codes.Text)
                .FirstOrDefault(t => t is not null),
            string.Join(
                "\n\n",
                communication
                    .Payload.Select(p => (p.Content as F.FhirPrimitive)?.Text)
                    .Concat(communication.Note.Select(n => n.Text))
                    .Select(PlainText.Of)
                    .Where(t => !string.IsNullOrWhiteSpace(t))
            ),
            [.. communication.Payload.SelectMany(p => Titles(message, p.Content))]
        );

    private static IEnumerable<string> Titles(Incoming message, F.Element? content) =>
        content switch
        {
            F.Attachment attachment => [attachment.Title ?? attachment.ContentType ?? ""],
            F.Reference reference when message.Resolve<F.DocumentReference>(reference) is { } document =>
            [
                document.Content.Select(c => c.Attachment?.Title).FirstOrDefault(t => t is not null)
                    ?? document.Description
                    ?? "",
            ],
            F.Reference reference => [reference.Display ?? ""],
            _ => [],
        };
}
