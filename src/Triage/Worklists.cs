using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;

namespace Rms.Triage;

/// <summary>A worklist's rows, newest first, and how many stand in each.</summary>
/// <param name="Worklist">One of <see cref="WorklistNames.All"/>.</param>
/// <param name="After">Where the next page starts: <see cref="WorklistPage.Next"/> of the one before.</param>
/// <param name="Find">A name, number, date of birth (yyyy-mm-dd), phone, e-mail or referral id; null: all.</param>
public sealed record ListReferrals(string Worklist, string? After, string? Find = null) : IRequest<WorklistPage>;

/// <summary>A page of a worklist.</summary>
/// <param name="Next">Where the next page starts; null at the end.</param>
public sealed record WorklistPage(
    string Worklist,
    IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<WorklistRow> Rows,
    string? Next,
    DateTimeOffset AsOf
);

/// <summary>A referral in a worklist.</summary>
/// <param name="Patient">SURNAME, Given; empty when the source named nobody.</param>
/// <param name="Priority">routine, urgent, asap, stat.</param>
/// <param name="Warnings">How many oddities its message had.</param>
/// <param name="WaitingSince">Since when the patient waits; before its receipt where it replaces another.</param>
/// <param name="Unnoted">How many changes and messages of its source nobody has noted.</param>
/// <param name="Missing">How many things it should have and has not.</param>
/// <param name="NeedsReview">There is something to look at beside the decision.</param>
public sealed record WorklistRow(
    Guid Id,
    string Patient,
    int? AgeYears,
    string? Gender,
    string Listing,
    string Site,
    string? Priority,
    string? Requester,
    string Source,
    DateTimeOffset ReceivedAt,
    string State,
    bool IsTest,
    bool IsSelfReferral,
    bool IsHeld,
    int Warnings,
    DateTimeOffset WaitingSince,
    int Unnoted,
    int Missing,
    bool NeedsReview
);

/// <summary>How many referrals stand in each worklist, and how many messages could not be routed (unrouted).</summary>
public sealed record CountWorklists() : IRequest<IReadOnlyDictionary<string, int>>;

/// <summary>
/// What changed at one's own sites in the last seconds? Cheap: pages that refresh themselves ask it often. Rows, not
/// the latest time: a change may commit after a later one.
/// </summary>
public sealed record RecentChanges() : IRequest<IReadOnlySet<(Guid Referral, DateTimeOffset ChangedAt)>>;

/// <summary>The worklists' names, as in addresses.</summary>
public static class WorklistNames
{
    /// <summary>In the order in which they are worked.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "new",
        "held",
        "review",
        "accepted",
        "booked",
        "confirmed",
        "awaiting-reply",
        "declined",
        "completed",
        "cancelled",
        "forwarded",
        "test",
        "all",
    ];
}

internal sealed class Worklists(RmsDb db, KeyRing keys, Actor actor, IMediator mediator, TimeProvider clock)
    : IRequestHandler<ListReferrals, WorklistPage>,
        IRequestHandler<CountWorklists, IReadOnlyDictionary<string, int>>,
        IRequestHandler<RecentChanges, IReadOnlySet<(Guid Referral, DateTimeOffset ChangedAt)>>
{
    private const int PageSize = 100;

    private static readonly Dictionary<string, ReferralState> States = new(StringComparer.Ordinal)
    {
        ["new"] = ReferralState.New,
        ["accepted"] = ReferralState.Accepted,
        ["booked"] = ReferralState.Booked,
        ["confirmed"] = ReferralState.Confirmed,
        ["awaiting-reply"] = ReferralState.AwaitingReply,
        ["declined"] = ReferralState.Declined,
        ["completed"] = ReferralState.Completed,
        ["cancelled"] = ReferralState.Cancelled,
        ["forwarded"] = ReferralState.Forwarded,
    };

    public async Task<WorklistPage> Handle(ListReferrals request, CancellationToken cancellationToken)
    {
        if (!WorklistNames.All.Contains(request.Worklist))
            throw Problem.NotFound();
        var query = In(request.Worklist);
        if (request.Find is { Length: > 0 } find)
            query = Matching(query, find);
        if (Position.Parse(request.After) is { } after)
        {
            query = query.Where(r =>
                r.ReceivedAt < after.At || (r.ReceivedAt == after.At && r.Id.CompareTo(after.Id) < 0)
            );
        }
        var rows = await query
            .OrderByDescending(r => r.ReceivedAt)
            .ThenByDescending(r => r.Id)
            .Take(PageSize + 1)
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
            // A join does not promise the order of what it joins.
            .OrderByDescending(r => r.Referral.ReceivedAt)
            .ThenByDescending(r => r.Referral.Id)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var names = await mediator.Send(new NamesOfDirectory(), cancellationToken);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var page = rows.Take(PageSize)
            .Select(r => Row(r.Referral, r.Demographics.Open(keys.Unwrap(r.Key)), names, today))
            .ToList();
        var counts = await Count(cancellationToken);

        db.Audit.Record(
            actor,
            request.Find is null ? "worklist-viewed" : "referrals-searched",
            clock,
            null,
            ("worklist", request.Worklist),
            ("referrals", string.Join(' ', page.Select(r => r.Id)))
        );
        await db.SaveChangesAsync(cancellationToken);
        return new WorklistPage(
            request.Worklist,
            counts,
            page,
            rows.Count > PageSize ? new Position(page[^1].ReceivedAt, page[^1].Id).ToString() : null,
            clock.GetUtcNow()
        );
    }

    public async Task<IReadOnlySet<(Guid Referral, DateTimeOffset ChangedAt)>> Handle(
        RecentChanges request,
        CancellationToken cancellationToken
    )
    {
        var since = clock.GetUtcNow() - TimeSpan.FromSeconds(15);
        var changes = await db
            .Referrals.Where(r => r.ChangedAt > since && actor.Sites.Contains(r.SiteId))
            .OrderByDescending(r => r.ChangedAt)
            .Take(PageSize)
            .Select(r => new { r.Id, r.ChangedAt })
            .ToListAsync(cancellationToken);
        return changes.Select(c => (c.Id, c.ChangedAt)).ToHashSet();
    }

    public async Task<IReadOnlyDictionary<string, int>> Handle(
        CountWorklists request,
        CancellationToken cancellationToken
    ) => await Count(cancellationToken);

    /// <summary>
    /// Every referral of one's own sites stands in one worklist of its state, or in Held, or (a test) in Test; and in
    /// All.
    /// </summary>
    private IQueryable<Referral> In(string worklist)
    {
        var mine = db.Referrals.Where(r => actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked);
        return worklist switch
        {
            "all" => mine,
            "test" => mine.Where(r => r.IsTest),
            "held" => mine.Where(r => r.HeldBecause != null),
            "review" => mine.Where(r => !r.IsTest && (r.Review.Length > 0 || r.Unnoted > 0)),
            _ => mine.Where(r => !r.IsTest && r.HeldBecause == null && r.State == States[worklist]),
        };
    }

    private IQueryable<Referral> Matching(IQueryable<Referral> query, string find)
    {
        var groups = SearchTerms.Typed(find);
        if (groups.Count == 0)
            return query.Where(_ => false);
        foreach (var group in groups)
        {
            var any = group.Select(keys.Token).ToArray();
            query = query.Where(r =>
                db.Demographics.Any(d => d.ReferralId == r.Id && d.Tokens.Any(t => any.Contains(t)))
            );
        }
        return query;
    }

    private async Task<Dictionary<string, int>> Count(CancellationToken stop)
    {
        var groups = await In("all")
            .GroupBy(r => new
            {
                r.State,
                Held = r.HeldBecause != null,
                Review = r.Review.Length > 0 || r.Unnoted > 0,
                r.IsTest,
            })
            .Select(g => new { g.Key, Number = g.Count() })
            .ToListAsync(stop);
        var counts = States.ToDictionary(
            s => s.Key,
            s => groups.Where(g => g.Key.State == s.Value && !g.Key.Held && !g.Key.IsTest).Sum(g => g.Number)
        );
        counts["held"] = groups.Where(g => g.Key.Held).Sum(g => g.Number);
        counts["review"] = groups.Where(g => g.Key.Review && !g.Key.IsTest).Sum(g => g.Number);
        counts["test"] = groups.Where(g => g.Key.IsTest).Sum(g => g.Number);
        counts["all"] = groups.Sum(g => g.Number);
        counts["unrouted"] = await mediator.Send(new CountUnrouted(), stop);
        return counts;
    }

    private static WorklistRow Row(Referral referral, Face face, DirectoryNames names, DateOnly today) =>
        new(
            referral.Id,
            face.Patient.DisplayName,
            Age(face.Patient.BirthDate, today),
            face.Patient.Gender,
            names.Listings.GetValueOrDefault(referral.ListingId, ""),
            names.Sites.GetValueOrDefault(referral.SiteId, ""),
            referral.Priority,
            face.Requester,
            names.Connections.GetValueOrDefault(referral.ConnectionId, ""),
            referral.ReceivedAt,
            referral.State.ToString(),
            referral.IsTest,
            referral.IsSelfReferral,
            referral.HeldBecause is not null,
            referral.Warnings,
            referral.ClockFrom,
            referral.Unnoted,
            referral.Missing,
            referral.Review.Length > 0
        );

    private static int? Age(string? birthDate, DateOnly today)
    {
        if (
            !DateOnly.TryParseExact(
                birthDate,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var birth
            )
            || birth > today
        )
            return null;
        var age = today.Year - birth.Year;
        return birth.AddYears(age) > today ? age - 1 : age;
    }

    /// <summary>A place in a list ordered by receipt.</summary>
    private sealed record Position(DateTimeOffset At, Guid Id)
    {
        public override string ToString() => $"{At.UtcTicks.ToString(CultureInfo.InvariantCulture)}.{Id:N}";

        public static Position? Parse(string? text)
        {
            var parts = (text ?? "").Split('.');
            return
                parts.Length == 2
                && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                && ticks <= DateTimeOffset.MaxValue.UtcTicks
                && Guid.TryParse(parts[1], out var id)
                ? new Position(new DateTimeOffset(ticks, TimeSpan.Zero), id)
                : null;
        }
    }
}
