using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Rms.Core.Audit;
using Rms.Core.Keys;

namespace Rms.Core.Messages;

/// <summary>A message as it stands before us.</summary>
/// <param name="ConnectionId">Who sent it.</param>
/// <param name="Key">MessageHeader.id, else Bundle.id, else the body's hash.</param>
/// <param name="Event">The event's code, as sent.</param>
/// <param name="GuideVersion">0.10.0 or 0.11.1.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="Issues">What was found wrong or odd in it.</param>
public sealed record Inbound(
    Guid ConnectionId,
    string Key,
    string? Event,
    string? GuideVersion,
    ReadOnlyMemory<byte> Body,
    IReadOnlyList<MessageIssue> Issues
)
{
    /// <summary>The referral's id at its source, as far as the message names it.</summary>
    public string? Reference { get; init; }

    /// <summary>When its sender made it, if it says so.</summary>
    public DateTimeOffset? SentAt { get; init; }
}

/// <summary>A message whose key was taken: nobody else handles it.</summary>
/// <param name="MessageId">The id under which it will be kept.</param>
/// <param name="IsFirst">Nothing is here yet of the referral that it names: neither that nor a message about it.</param>
public sealed record Claim(Guid MessageId, bool IsFirst);

/// <summary>What became of a message.</summary>
/// <param name="Parked">Kept for a person to look at, because of <paramref name="Reason"/>.</param>
/// <param name="Reason">A code; null when all went its way.</param>
/// <param name="Reply">The reply's body.</param>
/// <param name="About">The referral that it belongs to, if any.</param>
public sealed record Handled(bool Parked, string? Reason, byte[] Reply, KnownReferral? About)
{
    /// <summary>The revoked referral that it speaks of: then only the envelope is kept.</summary>
    public Referral? Forgotten { get; init; }
}

/// <summary>A referral and its key.</summary>
public sealed record KnownReferral(Referral Referral, DataKey Key);

/// <summary>A reply to send. An empty body: what it said is forgotten, with the referral that it spoke of.</summary>
public sealed record Reply(int Status, byte[] Body);

/// <summary>
/// Takes each message in exactly once. The key of a message (connection and message id) is inserted first; whoever
/// sends it again gets the same bytes back, and nothing happens twice. The referral, its history, the audit entry,
/// the stored reply and what is owed to others are one commit.
/// </summary>
public sealed class Inbox(RmsDb db, KeyRing keys, Actor actor, TimeProvider clock)
{
    private const int Tries = 5;

    /// <summary>Handles a message, or repeats the reply that it had. Problem 409 when its id was used for another body.</summary>
    /// <param name="message">The message.</param>
    /// <param name="handle">
    /// Does the work; adds rows, saves nothing. May run again after losing a race.
    /// </param>
    /// <param name="stop">Stops the work.</param>
    public async Task<Reply> Once(
        Inbound message,
        Func<Claim, CancellationToken, Task<Handled>> handle,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(handle);
        var hash = SHA256.HashData(message.Body.Span);
        for (var tries = 1; ; tries++)
        {
            var id = Ids.New(clock);
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            if (await TakeKey(message, id, transaction, stop) is not { } claim)
            {
                await transaction.RollbackAsync(stop);
                return await Repeat(message, hash, stop);
            }
            try
            {
                var handled = await handle(claim, stop);
                Keep(message, id, hash, handled);
                await db.SaveChangesAsync(stop);
                await transaction.CommitAsync(stop);
                return new Reply(200, handled.Reply);
            }
            catch (DbUpdateException lost) when (tries < Tries && LostRace(lost))
            {
                // Another message created or changed the same referral meanwhile: look again.
                await transaction.RollbackAsync(stop);
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>
    /// A parked message that is taken in after all: by a person, or because what it waited for has come. It moves under
    /// the referral's key. Within the caller's transaction; saves nothing.
    /// </summary>
    /// <param name="parked">The message, tracked.</param>
    /// <param name="body">Its bytes.</param>
    /// <param name="handled">What became of it now.</param>
    /// <param name="by">The person; null when a later message brought it about.</param>
    public void Settle(Message parked, ReadOnlySpan<byte> body, Handled handled, Guid? by)
    {
        ArgumentNullException.ThrowIfNull(parked);
        ArgumentNullException.ThrowIfNull(handled);
        var issues = parked.SealedIssues is { } kept && handled.Forgotten is null ? OpenIssues(parked, kept) : null;
        if (parked.ReferralId is null && handled.About is not null)
            db.DataKeys.Remove(db.DataKeys.Find(parked.Id)!);
        (parked.Outcome, parked.Reason) = ("accepted", handled.Reason);
        (parked.Resolution, parked.ResolvedAt, parked.ResolvedBy) = ("taken-in", clock.GetUtcNow(), by);
        if (handled.About is { } about)
        {
            parked.ReferralId = about.Referral.Id;
            parked.SealedBody = about.Key.Seal(Message.BodyPurpose, body);
            parked.SealedReply = about.Key.Seal(Message.ReplyPurpose, handled.Reply);
            parked.SealedIssues = issues is null
                ? null
                : about.Key.Seal(Message.IssuesPurpose, issues, SealedJson.Default.ListMessageIssue);
        }
        else if (handled.Forgotten is { } forgotten)
        {
            parked.ReferralId = forgotten.Id;
            (parked.SealedBody, parked.SealedReply, parked.SealedIssues) = (null, null, null);
        }
        db.Audit.Record(
            actor,
            "message-taken-in",
            clock,
            handled.About?.Referral ?? handled.Forgotten,
            ("message", parked.Id.ToString())
        );
    }

    /// <summary>Keeps a message that is refused; it does not take its key, so that it can be mended and sent again.</summary>
    /// <param name="message">What came.</param>
    /// <param name="status">The HTTP status that it was answered with.</param>
    /// <param name="reason">A code.</param>
    /// <param name="reply">What it was answered.</param>
    /// <param name="about">The referral that it speaks of, if we know it: it is forgotten with that.</param>
    /// <param name="envelopeOnly">It speaks of a patient of whom nothing may be kept.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task Refuse(
        Inbound message,
        int status,
        string reason,
        byte[] reply,
        KnownReferral? about,
        bool envelopeOnly,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(message);
        db.ChangeTracker.Clear();
        var id = Ids.New(clock);
        var key = envelopeOnly ? null : KeyFor(id, about);
        var body = message.Body.Span;
        db.Messages.Add(
            new Message
            {
                Id = id,
                ConnectionId = message.ConnectionId,
                ReferralId = about?.Referral.Id,
                Reference = message.Reference,
                SentAt = message.SentAt,
                Event = message.Event,
                GuideVersion = message.GuideVersion,
                Outcome = "refused",
                Reason = reason,
                Status = status,
                Size = body.Length,
                BodyHash = SHA256.HashData(body),
                SealedBody = key?.Seal(Message.BodyPurpose, body),
                SealedReply = key?.Seal(Message.ReplyPurpose, reply),
                SealedIssues = key is null ? null : SealIssues(message, key),
                ReceivedAt = clock.GetUtcNow(),
            }
        );
        db.Audit.Record(actor, "message-refused", clock, about?.Referral, ("message", id.ToString()));
        await db.SaveChangesAsync(stop);
    }

    /// <summary>Notes that somebody who may not send tried to, so many times; of the body nothing is read.</summary>
    public async Task RefuseUnread(
        Guid? connection,
        int status,
        string reason,
        long size,
        int times,
        CancellationToken stop
    )
    {
        db.Messages.Add(
            new Message
            {
                Id = Ids.New(clock),
                ConnectionId = connection,
                Outcome = "refused",
                Reason = reason,
                Status = status,
                Size = (int)Math.Clamp(size, 0, int.MaxValue),
                Times = times,
                ReceivedAt = clock.GetUtcNow(),
            }
        );
        await db.SaveChangesAsync(stop);
    }

    /// <summary>What a parked message said. Null when it is forgotten.</summary>
    public async Task<byte[]?> Body(Message parked, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(parked);
        var row = await db.DataKeys.FindAsync([parked.KeyOwner()], stop);
        return row is null || parked.SealedBody is null
            ? null
            : keys.Unwrap(row).Open(Message.BodyPurpose, parked.SealedBody);
    }

    /// <summary>What was found odd in a parked message; nothing when it is forgotten.</summary>
    public async Task<IReadOnlyList<MessageIssue>> Issues(Message parked, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(parked);
        var row = await db.DataKeys.FindAsync([parked.KeyOwner()], stop);
        return row is null || parked.SealedIssues is null
            ? []
            : keys.Unwrap(row).Open(Message.IssuesPurpose, parked.SealedIssues, SealedJson.Default.ListMessageIssue);
    }

    /// <summary>
    /// Takes the message's key; null when another has it. From here to the commit no other message of the same referral
    /// (or, where it names none, of the same key) is worked on.
    /// </summary>
    private async Task<Claim?> TakeKey(
        Inbound message,
        Guid id,
        IDbContextTransaction transaction,
        CancellationToken stop
    )
    {
        var reference = message.Reference ?? message.Key;
        // One round trip, but two statements: the second sees what was committed while the first waited.
        await using var batch = new NpgsqlBatch(
            (NpgsqlConnection)db.Database.GetDbConnection(),
            (NpgsqlTransaction)transaction.GetDbTransaction()
        )
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    """
                    with mine as materialized (
                        select pg_advisory_xact_lock(hashtextextended($4, hashtextextended($1::text, 0))))
                    insert into core.inbox (connection_id, message_key, message_id) select $1, $2, $3 from mine
                    on conflict do nothing
                    """
                )
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = message.ConnectionId },
                        new NpgsqlParameter<string> { TypedValue = message.Key },
                        new NpgsqlParameter<Guid> { TypedValue = id },
                        new NpgsqlParameter<string> { TypedValue = reference },
                    },
                },
                new NpgsqlBatchCommand(
                    """
                    select exists (select from core.referral where connection_id = $1 and reference = $2)
                        or exists (select from core.message
                            where connection_id = $1 and reference = $2 and referral_id is null)
                    """
                )
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid> { TypedValue = message.ConnectionId },
                        new NpgsqlParameter<string> { TypedValue = reference },
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        var isKnown = reader.GetBoolean(0);
        await reader.CloseAsync();
        return batch.BatchCommands[0].RecordsAffected == 1 ? new Claim(id, IsFirst: !isKnown) : null;
    }

    /// <summary>Waits until no other message of the same referral is worked on, and keeps others waiting until the commit.</summary>
    public Task Hold(Message parked, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(parked);
        return Hold(parked.ConnectionId, parked.Reference ?? parked.Id.ToString(), stop);
    }

    /// <summary>The same of a referral.</summary>
    public Task Hold(Referral referral, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(referral);
        return Hold(referral.ConnectionId, referral.Reference, stop);
    }

    private Task<int> Hold(Guid? connection, string reference, CancellationToken stop) =>
        db.Database.ExecuteSqlAsync(
            $"""
            select pg_advisory_xact_lock(hashtextextended({reference}, hashtextextended({connection}::text, 0)))
            """,
            stop
        );

    private async Task<Reply> Repeat(Inbound message, byte[] hash, CancellationToken stop)
    {
        var kept = await db
            .Messages.FromSql(
                $"""
                select m.* from core.message m join core.inbox i on i.message_id = m.id
                where i.connection_id = {message.ConnectionId} and i.message_key = {message.Key}
                """
            )
            .AsNoTracking()
            .SingleAsync(stop);
        if (!kept.BodyHash.AsSpan().SequenceEqual(hash))
            throw new Problem("message.id-reused", 409);
        var owner = kept.KeyOwner();
        var row = await db.DataKeys.AsNoTracking().SingleOrDefaultAsync(k => k.OwnerId == owner, stop);
        // A revoked referral's reply is gone with its key.
        var body =
            row is null || kept.SealedReply is null
                ? []
                : keys.Unwrap(row).Open(Message.ReplyPurpose, kept.SealedReply);
        return new Reply(kept.Status, body);
    }

    private void Keep(Inbound message, Guid id, byte[] hash, Handled handled)
    {
        var key = handled.Forgotten is null ? KeyFor(id, handled.About) : null;
        db.Messages.Add(
            new Message
            {
                Id = id,
                ConnectionId = message.ConnectionId,
                ReferralId = (handled.About?.Referral ?? handled.Forgotten)?.Id,
                Reference = message.Reference,
                SentAt = message.SentAt,
                Event = message.Event,
                GuideVersion = message.GuideVersion,
                Outcome = handled.Parked ? "parked" : "accepted",
                Reason = handled.Reason,
                Status = 200,
                Size = message.Body.Length,
                BodyHash = hash,
                SealedBody = key?.Seal(Message.BodyPurpose, message.Body.Span),
                SealedReply = key?.Seal(Message.ReplyPurpose, handled.Reply),
                SealedIssues = key is null ? null : SealIssues(message, key),
                ReceivedAt = clock.GetUtcNow(),
            }
        );
        db.Audit.Record(
            actor,
            handled.Parked ? "message-parked" : "message-accepted",
            clock,
            handled.About?.Referral ?? handled.Forgotten,
            ("message", id.ToString())
        );
    }

    /// <summary>The referral's key; a message that belongs to none gets its own.</summary>
    private DataKey KeyFor(Guid message, KnownReferral? about)
    {
        if (about is not null)
            return about.Key;
        var (row, key) = keys.NewKey(message, clock);
        db.DataKeys.Add(row);
        return key;
    }

    private List<MessageIssue> OpenIssues(Message parked, byte[] kept) =>
        keys.Unwrap(db.DataKeys.Find(parked.KeyOwner())!)
            .Open(Message.IssuesPurpose, kept, SealedJson.Default.ListMessageIssue);

    private static byte[]? SealIssues(Inbound message, DataKey key) =>
        message.Issues.Count == 0
            ? null
            : key.Seal(Message.IssuesPurpose, [.. message.Issues], SealedJson.Default.ListMessageIssue);

    private static bool LostRace(DbUpdateException exception) =>
        exception is DbUpdateConcurrencyException
        || exception.InnerException
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation
                    or PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
            };
}
