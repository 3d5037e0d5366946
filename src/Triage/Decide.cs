using System.Globalization;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;

namespace Rms.Triage;

/// <summary>We take it on. Problem 409 when a colleague was first.</summary>
/// <param name="Id">The referral.</param>
/// <param name="Version">Its version as the person saw it.</param>
public sealed record AcceptReferral(Guid Id, int Version) : IRequest<Decision>;

/// <summary>We don't take it on, for a reason that the requester is told. Problem 422 without one.</summary>
public sealed record DeclineReferral(Guid Id, int Version, string? Reason) : IRequest<Decision>;

/// <summary>
/// A test referral is no longer needed: everything about it goes, and its source may use its id again. Problem 409
/// when it is no test.
/// </summary>
/// <param name="Id">The referral.</param>
/// <param name="Version">Its version as the person saw it.</param>
public sealed record WipeTest(Guid Id, int Version) : IRequest<Decision>;

/// <summary>A decision that was taken.</summary>
public sealed record Decision(Guid Id, string State, int Version);

internal sealed class DeclineReferralValidator : AbstractValidator<DeclineReferral>
{
    public const int LongestReason = 4000;

    public DeclineReferralValidator()
    {
        RuleFor(d => d.Reason).Must(r => !string.IsNullOrWhiteSpace(r)).WithErrorCode("reason.missing");
        RuleFor(d => d.Reason).MaximumLength(LongestReason).WithErrorCode("reason.too-long");
    }
}

internal sealed class Decisions(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<AcceptReferral, Decision>,
        IRequestHandler<DeclineReferral, Decision>,
        IRequestHandler<WipeTest, Decision>
{
    public const string ReasonPurpose = ReferralStep.ReasonPurpose;

    public Task<Decision> Handle(AcceptReferral request, CancellationToken cancellationToken) =>
        Decide(request.Id, request.Version, LifecycleAction.Accept, null, cancellationToken);

    public Task<Decision> Handle(DeclineReferral request, CancellationToken cancellationToken) =>
        Decide(request.Id, request.Version, LifecycleAction.Decline, request.Reason!.Trim(), cancellationToken);

    public Task<Decision> Handle(WipeTest request, CancellationToken cancellationToken) =>
        Decide(request.Id, request.Version, LifecycleAction.Wipe, null, cancellationToken);

    /// <summary>What a person may do to a referral now.</summary>
    public static IReadOnlyList<string> Open(Referral referral, Actor actor)
    {
        string[] always = referral.IsTest ? ["send-again", "wipe"] : ["send-again"];
        if (!actor.Has(referral.SiteId, Role.IntakeCoordinator))
            return actor.Has(referral.SiteId, Role.Administrator) ? always : [];
        LifecycleAction[] offered = [LifecycleAction.Accept, LifecycleAction.Decline];
        return
        [
            .. offered
                .Where(a => Lifecycle.Next(referral.State, a).Count > 0)
                .Select(a => a.ToString().ToLowerInvariant()),
            .. always,
        ];
    }

    private async Task<Decision> Decide(
        Guid id,
        int version,
        LifecycleAction action,
        string? reason,
        CancellationToken stop
    )
    {
        var referral =
            await db.Referrals.SingleOrDefaultAsync(
                r => r.Id == id && actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked,
                stop
            ) ?? throw Problem.NotFound();
        if (action == LifecycleAction.Wipe)
            actor.Require(referral.SiteId, Role.IntakeCoordinator, Role.Administrator);
        else
            actor.Require(referral.SiteId, Role.IntakeCoordinator);
        if (action == LifecycleAction.Wipe && !referral.IsTest)
            throw new Problem("referral.no-test", 409);
        if (referral.Version != version)
            throw await DecidedMeanwhile(id, stop);

        byte[]? sealedReason = null;
        if (reason is not null)
        {
            var key = await db.DataKeys.AsNoTracking().SingleAsync(k => k.OwnerId == id, stop);
            sealedReason = keys.Unwrap(key).Seal(ReasonPurpose, reason);
        }
        // What hears of a wipe forgets at once, not with the rows that are saved below.
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var step = referral.Do(action, actor, clock.GetUtcNow(), sealedReason);
        // Whoever decides on a held referral has looked at what held it.
        referral.HeldBecause = null;
        db.Audit.Record(actor, "referral-" + action.ToString().ToLowerInvariant(), clock, referral);
        await mediator.Publish(new ReferralStepped(referral, step), stop);
        try
        {
            await db.SaveChangesAsync(stop);
            await transaction.CommitAsync(stop);
        }
        catch (DbUpdateException e)
            when (e is DbUpdateConcurrencyException
                || e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }
            )
        {
            await transaction.RollbackAsync(stop);
            throw await DecidedMeanwhile(id, stop);
        }
        return new Decision(id, referral.State.ToString(), referral.Version);
    }

    /// <summary>Somebody was first: who, what and when.</summary>
    private async Task<Problem> DecidedMeanwhile(Guid id, CancellationToken stop)
    {
        db.ChangeTracker.Clear();
        var last = await db
            .Steps.AsNoTracking()
            .Where(s => s.ReferralId == id)
            .OrderByDescending(s => s.Seq)
            .FirstAsync(stop);
        var people = await ViewReferral.PeopleOf(db, [last], stop);
        var names = await mediator.Send(new NamesOfDirectory(), stop);
        return new Problem(
            "referral.decided-meanwhile",
            409,
            new Dictionary<string, string>
            {
                ["who"] = ViewReferral.Who(last, people, names) ?? "",
                ["what"] = last.Action.ToString(),
                ["when"] = last.At.ToString("O", CultureInfo.InvariantCulture),
            }
        );
    }
}
