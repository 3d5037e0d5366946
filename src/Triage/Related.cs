using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;

namespace Rms.Triage;

/// <summary>
/// Referrals of the same site that look as if they were of the same patient, and those that somebody said belong to
/// it. Problem 404 when the referral is not of one's own sites.
/// </summary>
public sealed record ListRelated(Guid Id) : IRequest<RelatedReferrals>;

/// <summary>What stands beside a referral, at most 20: probable duplicates, then what somebody said belongs to it, then the newest.</summary>
/// <param name="Id">The referral that is looked at.</param>
/// <param name="MaySay">Whether this person may say what they are to each other.</param>
public sealed record RelatedReferrals(Guid Id, bool MaySay, IReadOnlyList<RelatedReferral> List);

/// <summary>Another referral.</summary>
/// <param name="Patient">SURNAME, Given, as that referral has it.</param>
/// <param name="IsDuplicate">
/// A probable duplicate: the same patient, and the same listing or service within 90 days.
/// </param>
/// <param name="Reasons">
/// same-health-number, same-birth-date-and-similar-name, same-listing, same-service-code, same-requester,
/// within-90-days.
/// </param>
/// <param name="Verdict">same, linked or different; null: nobody has said.</param>
public sealed record RelatedReferral(
    Guid Id,
    string Patient,
    string Listing,
    string State,
    DateTimeOffset ReceivedAt,
    bool IsDuplicate,
    IReadOnlyList<string> Reasons,
    string? Verdict,
    string? SaidBy,
    DateTimeOffset? SaidAt
);

/// <summary>
/// A person says what two referrals are to each other; the last word stands, for both. Nothing is merged. Problem 404
/// when one of them is not of one's own sites, 422 for another verdict or another site.
/// </summary>
/// <param name="Verdict">same, linked or different; null takes back what was said.</param>
public sealed record SayRelated(Guid Id, Guid Other, string? Verdict) : IRequest<Unit>;

internal sealed class Related(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<ListRelated, RelatedReferrals>,
        IRequestHandler<SayRelated, Unit>,
        INotificationHandler<ReferralStepped>
{
    private const int MostCandidates = 50;
    private const int MostShown = 20;
    private static readonly TimeSpan Window = TimeSpan.FromDays(90);
    private static readonly string[] Verdicts = ["same", "linked", "different"];

    public async Task<RelatedReferrals> Handle(ListRelated request, CancellationToken cancellationToken)
    {
        var mine = (await Open(Seen().Where(r => r.Id == request.Id), cancellationToken)).SingleOrDefault();
        if (mine is null)
            throw Problem.NotFound();
        var said = await db.Set<RelatedPair>()
            .AsNoTracking()
            .Where(p => p.ReferralA == request.Id || p.ReferralB == request.Id)
            .ToDictionaryAsync(p => p.Other(request.Id), cancellationToken);
        var found = (await Candidates(mine, said, cancellationToken))
            .Select(c => (Other: c, Patient: Likeness.Reasons(mine.Face.Patient, c.Face.Patient).ToList()))
            .Where(c => c.Patient.Count > 0 || said.ContainsKey(c.Other.Referral.Id))
            .Take(MostShown)
            .ToList();
        var list = found.Count == 0 ? [] : await Shown(mine, found, said, cancellationToken);
        if (list.Count > 0)
        {
            var ids = string.Join(' ', list.Select(r => r.Id));
            db.Audit.Record(actor, "related-viewed", clock, mine.Referral, ("referrals", ids));
            await db.SaveChangesAsync(cancellationToken);
        }
        return new RelatedReferrals(request.Id, MaySay(mine.Referral.SiteId), list);
    }

    public async Task<Unit> Handle(SayRelated request, CancellationToken cancellationToken)
    {
        if (request.Id == request.Other || (request.Verdict is { } verdict && !Verdicts.Contains(verdict)))
            throw new Problem("invalid", 422);
        var two = await Seen()
            .Where(r => r.Id == request.Id || r.Id == request.Other)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (two.Count != 2)
            throw Problem.NotFound();
        if (two[0].SiteId != two[1].SiteId || two[0].IsTest != two[1].IsTest)
            throw new Problem("invalid", 422);
        if (!MaySay(two[0].SiteId))
            throw Problem.Forbidden();

        var (a, b) =
            request.Id.CompareTo(request.Other) < 0 ? (request.Id, request.Other) : (request.Other, request.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (request.Verdict is null)
        {
            await db.Set<RelatedPair>()
                .Where(p => p.ReferralA == a && p.ReferralB == b)
                .ExecuteDeleteAsync(cancellationToken);
        }
        else
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                insert into triage.related_pair (referral_a, referral_b, verdict, said_by, said_at)
                values ({a}, {b}, {request.Verdict}, {actor.Id!.Value}, {clock.GetUtcNow()})
                on conflict (referral_a, referral_b)
                do update set verdict = excluded.verdict, said_by = excluded.said_by, said_at = excluded.said_at
                """,
                cancellationToken
            );
        }
        // It is part of both referrals' stories.
        foreach (var one in two)
        {
            var other = one.Id == a ? b : a;
            db.Audit.Record(
                actor,
                "related-said",
                clock,
                one,
                ("other", other.ToString()),
                ("verdict", request.Verdict ?? "none")
            );
        }
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Unit.Value;
    }

    /// <summary>A referral that is revoked or wiped stands beside no other any more.</summary>
    public async Task Handle(ReferralStepped notification, CancellationToken cancellationToken)
    {
        if (notification.Referral.State != ReferralState.Revoked)
            return;
        var id = notification.Referral.Id;
        db.RemoveRange(
            await db.Set<RelatedPair>()
                .Where(p => p.ReferralA == id || p.ReferralB == id)
                .ToListAsync(cancellationToken)
        );
    }

    private IQueryable<Referral> Seen() =>
        db.Referrals.Where(r => actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked);

    private bool MaySay(Guid site) => actor.Has(site, Role.IntakeCoordinator, Role.Scheduler);

    /// <summary>Those that share the health number or the date of birth (by their search tokens), and those that somebody named.</summary>
    private async Task<List<Opened>> Candidates(Opened mine, Dictionary<Guid, RelatedPair> said, CancellationToken stop)
    {
        var (number, birth) = SearchTerms.OfSamePatient(mine.Face.Patient);
        long[] tokens = [.. new[] { number, birth }.OfType<string>().Select(keys.Token)];
        var numberToken = number is null ? 0 : keys.Token(number);
        var (id, site, isTest) = (mine.Referral.Id, mine.Referral.SiteId, mine.Referral.IsTest);
        var near = Seen().Where(r => r.Id != id && r.SiteId == site && r.IsTest == isTest);
        var found =
            tokens.Length == 0
                ? []
                : await Open(
                    near.Join(db.Demographics, r => r.Id, d => d.ReferralId, (r, d) => new { r, d.Tokens })
                        .Where(x => x.Tokens.Any(t => tokens.Contains(t)))
                        // A date of birth that stands for "unknown" may have thousands: they must not hide the number.
                        .OrderByDescending(x => x.Tokens.Contains(numberToken))
                        .ThenByDescending(x => x.r.ReceivedAt)
                        .Take(MostCandidates)
                        .Select(x => x.r),
                    stop
                );
        var missing = said.Keys.Except(found.Select(f => f.Referral.Id)).ToList();
        if (missing.Count > 0)
            found.AddRange(await Open(near.Where(r => missing.Contains(r.Id)), stop));
        return [.. found.OrderByDescending(f => f.Referral.ReceivedAt)];
    }

    private async Task<List<Opened>> Open(IQueryable<Referral> referrals, CancellationToken stop)
    {
        var rows = await referrals
            .Join(db.Demographics, r => r.Id, d => d.ReferralId, (r, d) => new { Referral = r, Demographics = d })
            .Join(
                db.DataKeys,
                r => r.Referral.Id,
                k => k.OwnerId,
                (r, k) =>
                    new
                    {
                        r.Referral,
                        r.Demographics,
                        Key = k,
                    }
            )
            .AsNoTracking()
            .ToListAsync(stop);
        return [.. rows.Select(r => new Opened(r.Referral, r.Demographics.Open(keys.Unwrap(r.Key))))];
    }

    private async Task<List<RelatedReferral>> Shown(
        Opened mine,
        List<(Opened Other, List<string> Patient)> found,
        Dictionary<Guid, RelatedPair> said,
        CancellationToken stop
    )
    {
        var names = await mediator.Send(new NamesOfDirectory(), stop);
        var service = await ServiceOf(mine, stop);
        var ids = said.Values.Select(p => p.SaidBy).Distinct().ToList();
        var people = await db
            .Users.Where(p => ids.Contains(p.Id))
            .ToDictionaryAsync(p => p.Id, p => p.DisplayName, stop);
        var list = new List<RelatedReferral>();
        foreach (var (other, patient) in found)
        {
            List<string> request = [];
            if (other.Referral.ListingId == mine.Referral.ListingId)
                request.Add("same-listing");
            if (service is not null && service == await ServiceOf(other, stop))
                request.Add("same-service-code");
            var isNear = (other.Referral.ReceivedAt - mine.Referral.ReceivedAt).Duration() <= Window;
            List<string> reasons = [.. patient, .. request];
            if (
                !mine.Referral.IsSelfReferral
                && !other.Referral.IsSelfReferral
                && Likeness.SameText(mine.Face.Requester, other.Face.Requester)
            )
                reasons.Add("same-requester");
            if (isNear)
                reasons.Add("within-90-days");
            var word = said.GetValueOrDefault(other.Referral.Id);
            list.Add(
                new RelatedReferral(
                    other.Referral.Id,
                    other.Face.Patient.DisplayName,
                    names.Listings.GetValueOrDefault(other.Referral.ListingId, ""),
                    other.Referral.State.ToString(),
                    other.Referral.ReceivedAt,
                    patient.Count > 0 && request.Count > 0 && isNear,
                    reasons,
                    word?.Verdict,
                    word is null ? null : people.GetValueOrDefault(word.SaidBy),
                    word?.SaidAt
                )
            );
        }
        return [.. list.OrderBy(Urgency).ThenByDescending(r => r.ReceivedAt)];
    }

    /// <summary>What a person should look at first; then what somebody has said belongs together.</summary>
    private static int Urgency(RelatedReferral other) =>
        other switch
        {
            { IsDuplicate: true, Verdict: null } => 0,
            { Verdict: "same" or "linked" } => 1,
            _ => 2,
        };

    /// <summary>The code of what is asked for; null where none came.</summary>
    private async Task<(string?, string)?> ServiceOf(Opened referral, CancellationToken stop)
    {
        var content = await mediator.Send(new ReferralContentOf(referral.Referral.Id), stop);
        return content.Request.Service is { Value: { Length: > 0 } value } service ? (service.System, value) : null;
    }

    private sealed record Opened(Referral Referral, Face Face);
}
