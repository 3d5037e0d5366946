using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;

namespace Rms.Intake;

/// <summary>What its source said of a referral after its arrival. Problem 404 when it is not of one's own sites.</summary>
public sealed record NewsOf(Guid ReferralId) : IRequest<News>;

/// <summary>Changes and messages of a source.</summary>
/// <param name="Changes">Newest first.</param>
/// <param name="Messages">Newest first.</param>
/// <param name="Review">What a person should look at beside the decision: codes.</param>
/// <param name="FirstSeenByUpdate">Its first message here was an update.</param>
/// <param name="Replaces">The referral whose place it took; null: none, or none that we know.</param>
/// <param name="ReplacedBy">The referral that took its place.</param>
/// <param name="WaitingSince">Since when the patient waits, over all referrals that replaced each other.</param>
/// <param name="MayNote">Whether this person may say that they took note.</param>
public sealed record News(
    IReadOnlyList<ChangeNews> Changes,
    IReadOnlyList<MessageNews> Messages,
    IReadOnlyList<string> Review,
    bool FirstSeenByUpdate,
    Guid? Replaces,
    Guid? ReplacedBy,
    DateTimeOffset WaitingSince,
    bool MayNote
);

/// <summary>An update that changed something.</summary>
/// <param name="By">Who said so, as far as the message tells.</param>
/// <param name="Hints">What the source gave as its reason.</param>
/// <param name="IsNoted">Somebody took note of it.</param>
/// <param name="IsNew">It came after this person last looked at the referral.</param>
public sealed record ChangeNews(
    DateTimeOffset At,
    int Step,
    string? By,
    IReadOnlyList<string> Hints,
    IReadOnlyList<FieldChange> Changes,
    bool IsNoted,
    bool IsNew
);

/// <summary>A message from the requester.</summary>
/// <param name="Sent">When, as the source gave it.</param>
/// <param name="Attachments">The titles of what came with it.</param>
/// <param name="IsNoted">Somebody took note of it.</param>
/// <param name="IsNew">It came after this person last looked at the referral.</param>
public sealed record MessageNews(
    DateTimeOffset At,
    string? By,
    string? Sent,
    string? Category,
    string Text,
    IReadOnlyList<string> Attachments,
    bool IsNoted,
    bool IsNew
);

/// <summary>
/// A person took note of what the source said until a moment, and of what should be looked at. What came since stays
/// unnoted. Problem 404 when it is not of one's own sites.
/// </summary>
public sealed record NoteNews(Guid ReferralId, DateTimeOffset Until) : IRequest<Unit>;

internal sealed class ReadingNews(RmsDb db, KeyRing keys, Inbox inbox, Actor actor, TimeProvider clock)
    : IRequestHandler<NewsOf, News>,
        IRequestHandler<NoteNews, Unit>
{
    // The page that asks has been opened a moment ago; that look does not count.
    private static readonly TimeSpan ThisLook = TimeSpan.FromSeconds(20);

    public async Task<News> Handle(NewsOf request, CancellationToken cancellationToken)
    {
        var referral = await Mine(request.ReferralId).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (referral is null)
            throw Problem.NotFound();
        var key = keys.Unwrap(
            await db.DataKeys.AsNoTracking().SingleAsync(k => k.OwnerId == referral.Id, cancellationToken)
        );
        var changes = await db.Set<Change>()
            .AsNoTracking()
            .Where(c => c.ReferralId == referral.Id)
            .OrderByDescending(c => c.At)
            .ToListAsync(cancellationToken);
        var messages = await db.Set<RequesterMessage>()
            .AsNoTracking()
            .Where(c => c.ReferralId == referral.Id)
            .OrderByDescending(c => c.At)
            .ToListAsync(cancellationToken);
        var looked = changes.Count + messages.Count == 0 ? null : await LastLook(referral.Id, cancellationToken);
        return new News(
            [.. changes.Select(c => ChangeOf(c, key, looked))],
            [.. messages.Select(m => MessageOf(m, key, looked))],
            referral.Review,
            referral.FirstSeenByUpdate,
            referral.ReplacesId is { } replaced && await Mine(replaced).AnyAsync(cancellationToken) ? replaced : null,
            await db
                .Referrals.Where(r =>
                    r.ReplacesId == referral.Id && actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked
                )
                .Select(r => (Guid?)r.Id)
                .FirstOrDefaultAsync(cancellationToken),
            referral.ClockFrom,
            actor.Has(referral.SiteId, Role.IntakeCoordinator)
        );
    }

    public async Task<Unit> Handle(NoteNews request, CancellationToken cancellationToken)
    {
        var referral =
            await Mine(request.ReferralId).AsNoTracking().SingleOrDefaultAsync(cancellationToken)
            ?? throw Problem.NotFound();
        actor.Require(referral.SiteId, Role.IntakeCoordinator);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Whatever its source says next waits, and is counted after this.
        await inbox.Hold(referral, cancellationToken);
        var now = clock.GetUtcNow();
        var changes = await db.Set<Change>()
            .Where(c => c.ReferralId == referral.Id && c.NotedAt == null)
            .ToListAsync(cancellationToken);
        foreach (var change in changes.Where(c => c.At <= request.Until))
            (change.NotedAt, change.NotedBy) = (now, actor.Id);
        var messages = await db.Set<RequesterMessage>()
            .Where(c => c.ReferralId == referral.Id && c.NotedAt == null)
            .ToListAsync(cancellationToken);
        foreach (var message in messages.Where(m => m.At <= request.Until))
            (message.NotedAt, message.NotedBy) = (now, actor.Id);
        var unnoted = changes.Count(c => c.NotedAt is null) + messages.Count(m => m.NotedAt is null);
        string[] none = [];
        // Beside a decision that somebody takes at this moment.
        await db
            .Referrals.Where(r => r.Id == referral.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(r => r.Unnoted, unnoted)
                        .SetProperty(r => r.Review, r => unnoted == 0 ? none : r.Review)
                        .SetProperty(r => r.ChangedAt, now),
                cancellationToken
            );
        db.Audit.Record(actor, "news-noted", clock, referral);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Unit.Value;
    }

    private IQueryable<Referral> Mine(Guid id) =>
        db.Referrals.Where(r => r.Id == id && actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked);

    private async Task<DateTimeOffset?> LastLook(Guid referral, CancellationToken stop)
    {
        var before = clock.GetUtcNow() - ThisLook;
        return await db
            .Audit.Where(a =>
                a.ReferralId == referral && a.ActorId == actor.Id && a.Action == "referral-viewed" && a.At < before
            )
            .MaxAsync(a => (DateTimeOffset?)a.At, stop);
    }

    private static ChangeNews ChangeOf(Change change, DataKey key, DateTimeOffset? looked)
    {
        var said = key.Open(Change.Purpose, change.Sealed, IntakeJson.Default.SourceChange);
        return new ChangeNews(
            change.At,
            change.Step,
            said.By,
            said.Hints,
            said.Changes,
            change.NotedAt is not null,
            looked is null || change.At > looked
        );
    }

    private static MessageNews MessageOf(RequesterMessage message, DataKey key, DateTimeOffset? looked)
    {
        var written = key.Open(RequesterMessage.Purpose, message.Sealed, IntakeJson.Default.WrittenMessage);
        return new MessageNews(
            message.At,
            written.By,
            written.Sent,
            written.Category,
            written.Text,
            written.Attachments,
            message.NotedAt is not null,
            looked is null || message.At > looked
        );
    }
}
