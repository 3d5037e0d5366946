using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rms.Core;
using Rms.Core.Audit;
using Rms.Core.Keys;
using Rms.Core.Messages;

namespace Rms.Intake.Attached;

/// <summary>
/// Fetches the documents that are due. Rows are claimed with a lease (skip locked, so that nodes share the work),
/// fetched outside any transaction, and completed only by the attempt that holds the lease.
/// </summary>
internal sealed partial class AttachmentWorker(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<AttachmentWorker> log
) : BackgroundService
{
    // Each may hold a file of 10 MB in memory.
    private const int AtOnce = 6;

    // One source that hangs must leave room for the others.
    private const int AtOnceFromOne = 3;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(500);

    // An attempt ends, whatever the source does, before its lease does. 10 MB in this time is a slow line.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var room = new SemaphoreSlim(AtOnce);
        List<Task> running = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                running.RemoveAll(t => t.IsCompleted);
                await room.WaitAsync(stoppingToken);
                room.Release();
                var claimed = await Claim(room.CurrentCount, stoppingToken);
                foreach (var row in claimed)
                {
                    await room.WaitAsync(stoppingToken);
                    running.Add(Attempt(row, room, stoppingToken));
                }
                if (claimed.Count == 0)
                    await Task.Delay(Idle, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The database is away: what is due stays due.
                ClaimFailed(log, e.GetType().Name);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(running);
    }

    private readonly Setbacks setbacks = new(clock);

    /// <summary>Takes documents that are due, the oldest of each source; like the outbox, whatever number is due.</summary>
    private async Task<List<Attachment>> Claim(int atMost, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
        var now = clock.GetUtcNow();
        return await db.Set<Attachment>()
            .FromSql(
                $"""
                with recursive each (connection_id) as (
                    (select connection_id from intake.attachment where state = 'pending' order by connection_id limit 1)
                    union all
                    select (select a.connection_id from intake.attachment a
                            where a.state = 'pending' and a.connection_id > each.connection_id
                            order by a.connection_id limit 1)
                    from each where each.connection_id is not null),
                source as materialized (
                    select connection_id,
                        case when connection_id = any({setbacks.Doubtful()}) then 1 else {AtOnceFromOne} end
                        - (select count(*) from intake.attachment u where u.connection_id = each.connection_id
                            and u.state = 'pending' and u.lease_until >= {now}) as room
                    from each where connection_id is not null and connection_id <> all({setbacks.LeftAlone()})),
                next as materialized (
                    select a.id from source s
                    cross join lateral (
                        select a.id, a.due_at from intake.attachment a
                        where a.connection_id = s.connection_id and a.state = 'pending' and a.due_at <= {now}
                        and (a.lease_until is null or a.lease_until < {now})
                        order by a.due_at limit greatest(s.room, 0) for update skip locked) a
                    order by a.due_at limit {atMost})
                update intake.attachment a set lease_id = gen_random_uuid(), lease_until = {now + Lease},
                    attempts = a.attempts + 1
                from next where a.id = next.id returning a.*
                """
            )
            .AsNoTracking()
            .ToListAsync(stop);
    }

    private async Task Attempt(Attachment row, SemaphoreSlim room, CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
            Fetched result;
            try
            {
                using var deadline = new CancellationTokenSource(Deadline, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
                result = await scope.ServiceProvider.GetRequiredService<Fetching>().Fetch(row, either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                result = Fetched.Later("timeout");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                AttemptFailed(log, row.Id, e.GetType().Name);
                result = Fetched.Later("internal");
            }
            if (result.State != AttachmentState.Pending)
                setbacks.Worked(row.ConnectionId);
            else if (result.Error != "internal")
                setbacks.Failed(row.ConnectionId);
            await Complete(scope.ServiceProvider, db, row, result, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping: the lease runs out and the document is fetched again.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            AttemptFailed(log, row.Id, e.GetType().Name);
        }
        finally
        {
            room.Release();
        }
    }

    private async Task Complete(
        IServiceProvider services,
        RmsDb db,
        Attachment row,
        Fetched result,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        // Held until the commit: a referral that is forgotten meanwhile gets nothing stored any more.
        if (await Attachments.Hold(db, row.ReferralId, stop) is not { } keyRow)
        {
            await db.Set<Attachment>().Where(a => a.Id == row.Id).ExecuteDeleteAsync(stop);
            await transaction.CommitAsync(stop);
            return;
        }
        if (result.Bytes is { } bytes && bytes.Length > await Fetching.Room(db, row, stop))
            result = Fetched.Refused("referral-too-large", bytes.Length);
        var state =
            result.State == AttachmentState.Pending && now - row.DueSince > GiveUpAfter
                ? AttachmentState.Failed
                : result.State;
        var type = result.Bytes is null ? null : FileKind.Of(result.Bytes);
        DateTimeOffset? finished = state == AttachmentState.Pending ? null : now;
        var pause = OutboxWorker.PauseAfter(row.Attempts);
        // A source may ask for more time, but not for years.
        var asked = result.RetryAfter > LongestPause ? LongestPause : result.RetryAfter;
        var due = now + (asked > pause ? asked.Value : pause);

        var completed = await db.Set<Attachment>()
            .Where(a => a.Id == row.Id && a.LeaseId == row.LeaseId && a.State == AttachmentState.Pending)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(a => a.State, state)
                        .SetProperty(a => a.ContentType, type)
                        .SetProperty(a => a.Size, result.Size)
                        .SetProperty(a => a.FinishedAt, finished)
                        .SetProperty(a => a.DueAt, a => state == AttachmentState.Pending ? due : a.DueAt)
                        .SetProperty(a => a.LeaseId, (Guid?)null)
                        .SetProperty(a => a.LeaseUntil, (DateTimeOffset?)null)
                        .SetProperty(a => a.LastStatus, result.Status)
                        .SetProperty(a => a.Error, result.Error),
                stop
            );
        if (completed == 0)
            return;
        if (result.Bytes is { } content)
        {
            db.AddRange(AttachmentChunk.Of(row.Id, content, services.GetRequiredService<KeyRing>().Unwrap(keyRow)));
            db.Audit.Record(
                services.GetRequiredService<Actor>(),
                "attachment-fetched",
                clock,
                await db.Referrals.AsNoTracking().SingleAsync(r => r.Id == row.ReferralId, stop),
                ("attachment", row.Id.ToString())
            );
            await db.SaveChangesAsync(stop);
        }
        await transaction.CommitAsync(stop);
        if (state is AttachmentState.Failed or AttachmentState.Refused)
            GaveUp(log, row.Id, result.Status, result.Error);
    }

    [LoggerMessage(
        EventId = 1401,
        Level = LogLevel.Warning,
        Message = "The attachments can't be read ({Fault}); trying again"
    )]
    private static partial void ClaimFailed(ILogger log, string fault);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Warning, Message = "Fetching {Attachment} failed inside ({Fault})")]
    private static partial void AttemptFailed(ILogger log, Guid attachment, string fault);

    [LoggerMessage(
        EventId = 1403,
        Level = LogLevel.Warning,
        Message = "Gave up fetching {Attachment}: status {Status}, {Error}"
    )]
    private static partial void GaveUp(ILogger log, Guid attachment, int? status, string? error);
}
