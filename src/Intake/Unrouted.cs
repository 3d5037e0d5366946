using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Intake.FromFhir;

namespace Rms.Intake;

/// <summary>
/// The messages to one's own sites that could not be routed and wait for a person, oldest first; for intake
/// coordinators and administrators, nothing for others.
/// </summary>
public sealed record ListUnrouted() : IRequest<IReadOnlyList<UnroutedMessage>>;

/// <summary>A message that waits for a person.</summary>
/// <param name="Reason">Why it could not be routed: a code.</param>
/// <param name="Reference">The referral's id at its source, as far as it is named.</param>
/// <param name="Patient">Whom it speaks of; empty when it names nobody.</param>
/// <param name="Performer">Whom it names as performer: the values of its identifiers.</param>
/// <param name="ReferralId">The referral that it seems to speak of.</param>
/// <param name="IsTest">Marked HTEST.</param>
/// <param name="Ways">
/// What can be done: choose-listing (and take it in), same-patient (bring the referral up to date), as-update (whatever
/// its event), try-again, close.
/// </param>
public sealed record UnroutedMessage(
    Guid Id,
    DateTimeOffset ReceivedAt,
    string Source,
    string? Event,
    string? Reason,
    string? Reference,
    string Patient,
    IReadOnlyList<string> Performer,
    Guid? ReferralId,
    bool IsTest,
    IReadOnlyList<string> Ways
);

/// <summary>
/// Takes a message in that could not be routed, as it came or with what a person adds. Problem 404 when it is not of
/// one's own sites, 409 when somebody was first or it still can't be taken in (unrouted.still and its reason).
/// </summary>
/// <param name="MessageId">The message.</param>
/// <param name="ListingId">The listing that it is for, where it named none of ours.</param>
/// <param name="SamePatient">It is the same patient, though it does not look so.</param>
/// <param name="IsUpdate">It is to be taken as an update, whatever its event.</param>
public sealed record TakeInMessage(
    Guid MessageId,
    Guid? ListingId = null,
    bool SamePatient = false,
    bool IsUpdate = false
) : IRequest<TakenIn>;

/// <summary>What became of it.</summary>
/// <param name="ReferralId">The referral that it belongs to now, if any.</param>
public sealed record TakenIn(Guid? ReferralId);

/// <summary>Nothing is to be done with a message that could not be routed: it leaves the queue and stays on record.</summary>
public sealed record CloseMessage(Guid MessageId) : IRequest<Unit>;

internal sealed class TakeInMessageValidator : AbstractValidator<TakeInMessage>
{
    public TakeInMessageValidator() => RuleFor(t => t.ListingId).NotEqual(Guid.Empty).WithErrorCode("listing.missing");
}

internal sealed class Unrouted(RmsDb db, Inbox inbox, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<ListUnrouted, IReadOnlyList<UnroutedMessage>>,
        IRequestHandler<CountUnrouted, int>,
        IRequestHandler<TakeInMessage, TakenIn>,
        IRequestHandler<CloseMessage, Unit>
{
    private const int Most = 50;

    public async Task<IReadOnlyList<UnroutedMessage>> Handle(ListUnrouted request, CancellationToken cancellationToken)
    {
        var rows = await (await Mine(cancellationToken))
            .AsNoTracking()
            .OrderBy(m => m.ReceivedAt)
            .Take(Most)
            .ToListAsync(cancellationToken);
        var names = await mediator.Send(new NamesOfDirectory(), cancellationToken);
        List<UnroutedMessage> list = [];
        foreach (var row in rows)
            list.Add(Show(row, await inbox.Body(row, cancellationToken), names));
        db.Audit.Record(actor, "unrouted-viewed", clock, null, ("messages", string.Join(' ', rows.Select(r => r.Id))));
        await db.SaveChangesAsync(cancellationToken);
        return list;
    }

    public async Task<int> Handle(CountUnrouted request, CancellationToken cancellationToken) =>
        await (await Mine(cancellationToken)).CountAsync(cancellationToken);

    public async Task<TakenIn> Handle(TakeInMessage request, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (row, connection) = await Claim(request.MessageId, cancellationToken);
        if (request.ListingId is { } chosen)
        {
            var listing = await mediator.Send(new ListingOf(chosen), cancellationToken);
            actor.Require(listing.SiteId, Role.IntakeCoordinator, Role.Administrator);
        }
        await inbox.Hold(row, cancellationToken);
        if (await inbox.Body(row, cancellationToken) is not { } body || Incoming.Of(body) is not { } message)
            throw Problem.NotFound();
        var inbound = new Inbound(
            connection.Id,
            message.Key(body),
            row.Event,
            row.GuideVersion ?? connection.GuideVersion,
            body,
            await inbox.Issues(row, cancellationToken)
        )
        {
            Reference = row.Reference,
            SentAt = row.SentAt,
        };
        var handled = await mediator.Send(
            new TakeIn(message, inbound, row.Id, connection)
            {
                ListingId = request.ListingId,
                SamePatient = request.SamePatient,
                IsUpdate = request.IsUpdate,
            },
            cancellationToken
        );
        if (handled.Parked)
        {
            // It waits for something else now, and offers the ways that this has.
            db.ChangeTracker.Clear();
            await db
                .Messages.Where(m => m.Id == row.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Reason, handled.Reason), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            throw new Problem(
                "unrouted.still",
                409,
                new Dictionary<string, string> { ["reason"] = handled.Reason ?? "" }
            );
        }
        inbox.Settle(row, body, handled, actor.Id);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new TakenIn(handled.About?.Referral.Id);
    }

    public async Task<Unit> Handle(CloseMessage request, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (row, _) = await Claim(request.MessageId, cancellationToken);
        (row.Resolution, row.ResolvedAt, row.ResolvedBy) = ("closed", clock.GetUtcNow(), actor.Id);
        db.Audit.Record(actor, "message-closed", clock, null, ("message", row.Id.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Unit.Value;
    }

    /// <summary>The message, held until the commit: of two people who act on it the second is told so.</summary>
    private async Task<(Message Row, ConnectionSettings Connection)> Claim(Guid id, CancellationToken stop)
    {
        var row =
            await db
                .Messages.FromSql($"select * from core.message where id = {id} for update")
                .SingleOrDefaultAsync(stop)
            ?? throw Problem.NotFound();
        if (row.ConnectionId is not { } sender)
            throw Problem.NotFound();
        var connection = await mediator.Send(new ConnectionOf(sender), stop);
        actor.Require(connection.SiteId, Role.IntakeCoordinator, Role.Administrator);
        if (row.Outcome != "parked" || row.Resolution is not null)
            throw new Problem("unrouted.done", 409);
        return (row, connection);
    }

    /// <summary>What waits, of the connections of one's own sites; a referral of another site is that site's to look at.</summary>
    private async Task<IQueryable<Message>> Mine(CancellationToken stop)
    {
        var sites = actor.Sites.Where(s => actor.Has(s, Role.IntakeCoordinator, Role.Administrator)).ToList();
        var connections = await mediator.Send(new ConnectionsOfSites(sites), stop);
        return db.Messages.Where(m =>
            m.Outcome == "parked"
            && m.Resolution == null
            && connections.Contains(m.ConnectionId!.Value)
            && (m.ReferralId == null || db.Referrals.Any(r => r.Id == m.ReferralId && sites.Contains(r.SiteId)))
        );
    }

    private static UnroutedMessage Show(Message row, byte[]? body, DirectoryNames names)
    {
        var message = body is null ? null : Incoming.Of(body);
        return new UnroutedMessage(
            row.Id,
            row.ReceivedAt,
            names.Connections.GetValueOrDefault(row.ConnectionId!.Value, ""),
            row.Event,
            row.Reason,
            row.Reference,
            message is null ? "" : ContentReader.Read(message).Patient.DisplayName,
            message is null ? [] : [.. message.Performer.Select(p => p.Value).OfType<string>()],
            row.ReferralId,
            message?.IsTest ?? false,
            row.Reason switch
            {
                "listing-unknown" => ["choose-listing", "try-again", "close"],
                "referral-unknown" => ["try-again", "close"],
                "patient-differs" => ["same-patient", "close"],
                "event-unknown" or "event-missing" when message is { ServiceRequest: not null, HasPatient: true } =>
                [
                    "as-update",
                    "close",
                ],
                _ => ["close"],
            }
        );
    }
}
