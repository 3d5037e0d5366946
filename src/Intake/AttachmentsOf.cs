using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Intake.Attached;

namespace Rms.Intake;

/// <summary>
/// The documents of a referral, the letter first, those that its source no longer lists last. Problem 404 when it is
/// not of one's own sites.
/// </summary>
public sealed record AttachmentsOf(Guid ReferralId) : IRequest<IReadOnlyList<AttachmentEntry>>;

/// <summary>A document as a list shows it.</summary>
/// <param name="State">pending, retrying, ready, failed, refused (too large, or one too many).</param>
/// <param name="Error">A code for what went wrong, with the source's HTTP status where it tells something.</param>
/// <param name="ContentType">What its bytes are; until they are here, what the source claims.</param>
/// <param name="Size">Bytes, as far as known.</param>
/// <param name="Date">When it was made, as the source wrote it.</param>
/// <param name="Listed">false: the source's latest message no longer names it.</param>
/// <param name="NextAttemptAt">When it is tried again, while it is retried.</param>
/// <param name="CanView">Ready, and of a kind that the page can show.</param>
/// <param name="MayFetchAgain">Whether this person may have it tried again now.</param>
public sealed record AttachmentEntry(
    Guid Id,
    bool IsLetter,
    string? Title,
    string State,
    string? Error,
    string? ContentType,
    long? Size,
    string? Date,
    bool Listed,
    DateTimeOffset? NextAttemptAt,
    bool CanView,
    bool MayFetchAgain
);

/// <summary>
/// A document's bytes. Problem 404 when it is not of this referral, not of one's own sites, or not here.
/// </summary>
public sealed record OpenAttachment(Guid ReferralId, Guid AttachmentId) : IRequest<OpenedAttachment>;

/// <summary>A document, open.</summary>
/// <param name="Title">Its title as sent; not yet fit for a file's name.</param>
/// <param name="ContentType">What its bytes are: one of a short list, never what a sender claims.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Pieces">Its bytes in order, 256 kB at a time, read as they are asked for.</param>
public sealed record OpenedAttachment(
    string? Title,
    string ContentType,
    long Size,
    IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces
);

/// <summary>
/// Has a failed document tried again. Nothing happens when it is under way or here already. Problem 403 or 404 as ever,
/// 409 (<c>attachment.not-failed</c>) when trying again would change nothing.
/// </summary>
public sealed record FetchAgain(Guid ReferralId, Guid AttachmentId) : IRequest<Unit>;

internal sealed class ViewingAttachments(RmsDb db, KeyRing keys, Actor actor, TimeProvider clock)
    : IRequestHandler<AttachmentsOf, IReadOnlyList<AttachmentEntry>>,
        IRequestHandler<OpenAttachment, OpenedAttachment>,
        IRequestHandler<FetchAgain, Unit>
{
    public async Task<IReadOnlyList<AttachmentEntry>> Handle(AttachmentsOf request, CancellationToken cancellationToken)
    {
        var (referral, key) = await Find(request.ReferralId, cancellationToken);
        var mayFetch = actor.Has(referral.SiteId, Role.IntakeCoordinator, Role.Administrator);
        var rows = await db.Set<Attachment>()
            .AsNoTracking()
            .Where(a => a.ReferralId == referral.Id)
            .OrderByDescending(a => a.Listed)
            .ThenBy(a => a.Seq)
            .ThenByDescending(a => a.Id)
            .ToListAsync(cancellationToken);
        return [.. rows.Select(a => Entry(a, a.Open(key), mayFetch))];
    }

    public async Task<OpenedAttachment> Handle(OpenAttachment request, CancellationToken cancellationToken)
    {
        var (referral, key) = await Find(request.ReferralId, cancellationToken);
        var attachment =
            await db.Set<Attachment>()
                .AsNoTracking()
                .SingleOrDefaultAsync(
                    a =>
                        a.Id == request.AttachmentId && a.ReferralId == referral.Id && a.State == AttachmentState.Ready,
                    cancellationToken
                )
            ?? throw Problem.NotFound();
        db.Audit.Record(actor, "attachment-viewed", clock, referral, ("attachment", attachment.Id.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return new OpenedAttachment(
            attachment.Open(key).Title,
            attachment.ContentType!,
            attachment.Size!.Value,
            Pieces(attachment, key, cancellationToken)
        );
    }

    public async Task<Unit> Handle(FetchAgain request, CancellationToken cancellationToken)
    {
        var (referral, key) = await Find(request.ReferralId, cancellationToken);
        actor.Require(referral.SiteId, Role.IntakeCoordinator, Role.Administrator);
        var attachment =
            await db.Set<Attachment>()
                .SingleOrDefaultAsync(
                    a => a.Id == request.AttachmentId && a.ReferralId == referral.Id,
                    cancellationToken
                )
            ?? throw Problem.NotFound();
        // Pressed twice, or a colleague was first: the wish is fulfilled.
        if (attachment.State is AttachmentState.Pending or AttachmentState.Ready)
            return Unit.Value;
        if (!CanFetch(attachment, attachment.Open(key)))
            throw new Problem("attachment.not-failed", 409);
        var now = clock.GetUtcNow();
        (attachment.State, attachment.Attempts, attachment.DueAt, attachment.DueSince) = (
            AttachmentState.Pending,
            0,
            now,
            now
        );
        (attachment.FinishedAt, attachment.Error, attachment.LastStatus) = (null, null, null);
        db.Audit.Record(actor, "attachment-fetch-again", clock, referral, ("attachment", attachment.Id.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return Unit.Value;
    }

    /// <summary>The referral and its key; 404 when it is forgotten or not of one's own sites.</summary>
    private async Task<(Referral Referral, DataKey Key)> Find(Guid id, CancellationToken stop)
    {
        var found =
            await db
                .Referrals.AsNoTracking()
                .Where(r => r.Id == id && actor.Sites.Contains(r.SiteId) && r.State != ReferralState.Revoked)
                .Join(db.DataKeys, r => r.Id, k => k.OwnerId, (r, k) => new { r, k })
                .SingleOrDefaultAsync(stop)
            ?? throw Problem.NotFound();
        return (found.r, keys.Unwrap(found.k));
    }

    private static bool CanFetch(Attachment attachment, AttachmentFacts facts) =>
        attachment.State == AttachmentState.Failed && !string.IsNullOrWhiteSpace(facts.Url);

    private static AttachmentEntry Entry(Attachment attachment, AttachmentFacts facts, bool mayFetch) =>
        new(
            attachment.Id,
            attachment.IsLetter,
            facts.Title,
            attachment is { State: AttachmentState.Pending, Error: not null } ? "retrying" : attachment.State,
            attachment is { Error: { } error, LastStatus: { } status } ? $"{error} {status}" : attachment.Error,
            attachment.ContentType ?? facts.ContentType,
            attachment.Size,
            facts.Date,
            attachment.Listed,
            attachment is { State: AttachmentState.Pending, Error: not null } ? attachment.DueAt : null,
            attachment.State == AttachmentState.Ready && FileKind.IsShown(attachment.ContentType),
            mayFetch && CanFetch(attachment, facts)
        );

    /// <summary>One query a piece: no connection is held while a slow reader takes the last one.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(
        Attachment attachment,
        DataKey key,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop
    )
    {
        var left = attachment.Size!.Value;
        for (var number = 0; left > 0; number++)
        {
            var chunk =
                await db.Set<AttachmentChunk>()
                    .AsNoTracking()
                    .SingleOrDefaultAsync(c => c.AttachmentId == attachment.Id && c.Number == number, stop)
                ?? throw Problem.NotFound();
            var piece = chunk.Open(key);
            left -= piece.Length;
            yield return piece;
        }
    }
}
