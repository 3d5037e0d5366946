using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// add-service-request: a new referral, or one that its source sends again. Adds rows only; the inbox commits them.
/// </summary>
internal sealed record AddServiceRequest(Incoming Message, Inbound Inbound, ConnectionSettings Connection)
    : IRequest<Handled>;

internal sealed class AddingServiceRequest(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<AddServiceRequest, Handled>
{
    public async Task<Handled> Handle(AddServiceRequest request, CancellationToken cancellationToken)
    {
        var message = request.Message;
        var listing = await mediator.Send(
            new FindListing(
                message.PerformerValue("id-referral-target-reference"),
                message.PerformerValue("id-referral-target-external-service"),
                message.PerformerValue("id-site-number")
            ),
            cancellationToken
        );
        // A source that gives its referral no id can't speak of it again; the message's own key then stands for it.
        var reference = message.Reference ?? request.Inbound.Key;
        await OneAtATime(request.Connection.Id, reference, cancellationToken);
        var known = await mediator.Send(new ReferralBySource(request.Connection.Id, reference), cancellationToken);
        if (listing is null)
        {
            const string Text = "The message was kept, but its performer is no listing here; a person will look at it.";
            return new Handled(Parked: true, "listing-unknown", Replies.Kept(Text), known);
        }
        var content = ContentReader.Read(message, listing, request.Connection);
        if (known is not null && await Differs(known, listing, message, content, cancellationToken))
        {
            const string Text =
                "The message was kept, but this referral was first sent to another listing, for another patient, or "
                + "differs in being a test; a person will look at it.";
            return new Handled(Parked: true, "resend-differs", Replies.Kept(Text), known);
        }
        if (known is null)
            known = await Receive(request, listing, reference, content, cancellationToken);
        else
            await Replace(known, content, request, cancellationToken);
        var reply = Replies.Echo(message, request.Connection, known.Referral, clock);
        return new Handled(Parked: false, null, reply, known);
    }

    /// <summary>Messages of one referral that arrive at once are taken in one after the other, until the commit.</summary>
    private async Task OneAtATime(Guid connection, string reference, CancellationToken stop) =>
        await db.Database.ExecuteSqlAsync(
            $"select pg_advisory_xact_lock(hashtextextended({reference}, hashtextextended({connection.ToString()}, 0)))",
            stop
        );

    /// <summary>
    /// Whether what comes under a known id is another thing: two patients, two listings, or a test and a real one must
    /// never become one referral.
    /// </summary>
    private async Task<bool> Differs(
        KnownReferral known,
        ListingFound listing,
        Incoming message,
        ReferralContent content,
        CancellationToken stop
    )
    {
        if (known.Referral.ListingId != listing.Id || known.Referral.IsTest != message.IsTest)
            return true;
        var demographics = await db.Demographics.SingleAsync(d => d.ReferralId == known.Referral.Id, stop);
        var (before, now) = (demographics.Open(known.Key).Patient, content.Patient);
        // A corrected number or a corrected name is one patient still; both changed is another.
        return Changed(before.HealthNumber?.Value, now.HealthNumber?.Value)
            && (Changed(before.DisplayName, now.DisplayName) || Changed(before.BirthDate, now.BirthDate));

        static bool Changed(string? one, string? other) =>
            !string.IsNullOrEmpty(one)
            && !string.IsNullOrEmpty(other)
            && !one.Equals(other, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<KnownReferral> Receive(
        AddServiceRequest request,
        ListingFound listing,
        string reference,
        ReferralContent content,
        CancellationToken stop
    )
    {
        var message = request.Message;
        var isSelf = ContentReader.IsSelfReferral(message);
        var now = clock.GetUtcNow();
        var referral = Referral.Receive(
            new Arrival(
                Ids.New(clock),
                listing.SiteId,
                listing.Id,
                request.Connection.Id,
                reference,
                request.Inbound.GuideVersion!,
                ContentReader.Priority(message),
                message.IsTest,
                isSelf,
                HeldBecause(message.IsTest, isSelf, listing)
            ),
            actor,
            now
        );
        referral.Warnings = request.Inbound.Issues.Count;
        var (row, key) = keys.NewKey(referral.Id, clock);
        var demographics = new Demographics { ReferralId = referral.Id };
        demographics.Close(FaceOf(content), reference, key, keys);
        db.DataKeys.Add(row);
        db.Referrals.Add(referral);
        db.Demographics.Add(demographics);
        db.Add(new Content { ReferralId = referral.Id, Sealed = ContentOf.Close(content, key) });
        await mediator.Publish(new ReferralReceived(referral, request.Connection.Id), stop);
        return new KnownReferral(referral, key);
    }

    /// <summary>
    /// The source sends a referral again: what it says is brought up to date; where it stands is ours. The step in its
    /// history keeps a decision from being taken on what was seen before.
    /// </summary>
    private async Task Replace(
        KnownReferral known,
        ReferralContent content,
        AddServiceRequest request,
        CancellationToken stop
    )
    {
        var (referral, key) = known;
        referral.Do(LifecycleAction.Resend, actor, clock.GetUtcNow());
        referral.Priority = ContentReader.Priority(request.Message);
        referral.Warnings = request.Inbound.Issues.Count;
        referral.GuideVersion = request.Inbound.GuideVersion!;
        var demographics = await db.Demographics.SingleAsync(d => d.ReferralId == referral.Id, stop);
        demographics.Close(FaceOf(content), referral.Reference, key, keys);
        var kept = await db.Set<Content>().SingleAsync(c => c.ReferralId == referral.Id, stop);
        kept.Sealed = ContentOf.Close(content, key);
    }

    private static Face FaceOf(ReferralContent content) => new(content.Patient, content.Requester?.Name);

    private static string? HeldBecause(bool isTest, bool isSelf, ListingFound listing) =>
        (isTest, listing.IsTest) switch
        {
            (true, false) => "test-to-real",
            (false, true) => "real-to-test",
            _ => isSelf && listing.SelfReferral == "hold" ? "self-referral" : null,
        };
}
