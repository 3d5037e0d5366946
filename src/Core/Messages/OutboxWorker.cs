using System.Security.Cryptography;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rms.Core.Messages;

/// <summary>
/// Sends what is due. Rows are claimed with a lease (skip locked, so that nodes share the work), sent outside any
/// transaction, and completed only by the attempt that holds the lease. Rows of one referral and receiver leave in
/// order: a later one waits while an earlier one is due.
/// </summary>
public sealed partial class OutboxWorker(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OutboxWorker> log)
    : BackgroundService
{
    private const int AtOnce = 16;

    // One receiver that hangs must leave room for the others.
    private const int AtOnceToOne = 8;
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(250);

    // An attempt ends, whatever the receiver does, before its lease does; a killed node's work is soon taken over.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(96);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <inheritdoc />
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

    /// <summary>How long to wait after a failed attempt: five seconds, doubled each time up to an hour, a fifth of it by chance.</summary>
    public static TimeSpan PauseAfter(int attempts)
    {
        var seconds = Math.Min(5 * Math.Pow(2, Math.Min(attempts - 1, 20)), LongestPause.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (0.9 + RandomNumberGenerator.GetInt32(0, 2001) / 10_000.0));
    }

    private readonly Setbacks setbacks = new(clock);

    /// <summary>
    /// Takes rows that are due, the oldest of each receiver. Its cost does not grow with how many are due: receivers are
    /// found by skipping through the index, and what is under way by an index of its own.
    /// </summary>
    private async Task<List<OutboxRow>> Claim(int atMost, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
        var now = clock.GetUtcNow();
        return await db
            .Outbox.FromSql(
                $"""
                with recursive each (receiver_id) as (
                    (select receiver_id from core.outbox where state = 'due' order by receiver_id limit 1)
                    union all
                    select (select o.receiver_id from core.outbox o
                            where o.state = 'due' and o.receiver_id > each.receiver_id order by o.receiver_id limit 1)
                    from each where each.receiver_id is not null),
                receiver as materialized (
                    select receiver_id,
                        case when receiver_id = any({setbacks.Doubtful()}) then 1 else {AtOnceToOne} end
                        - (select count(*) from core.outbox u where u.receiver_id = each.receiver_id
                            and u.state = 'due' and u.lease_until >= {now}) as room
                    from each where receiver_id is not null and receiver_id <> all({setbacks.LeftAlone()})),
                next as materialized (
                    select o.id from receiver r
                    cross join lateral (
                        select o.id, o.due_at from core.outbox o
                        where o.receiver_id = r.receiver_id and o.state = 'due' and o.due_at <= {now}
                        and (o.lease_until is null or o.lease_until < {now})
                        and not exists (
                            select from core.outbox earlier
                            where earlier.referral_id = o.referral_id and earlier.receiver_id = o.receiver_id
                            and earlier.seq < o.seq and earlier.state = 'due')
                        order by o.due_at limit greatest(r.room, 0) for update skip locked) o
                    order by o.due_at limit {atMost})
                update core.outbox o set lease_id = gen_random_uuid(), lease_until = {now + Lease},
                    attempts = o.attempts + 1
                from next where o.id = next.id returning o.*
                """
            )
            .AsNoTracking()
            .ToListAsync(stop);
    }

    private async Task Attempt(OutboxRow row, SemaphoreSlim room, CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RmsDb>();
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            DeliveryResult result;
            try
            {
                using var deadline = new CancellationTokenSource(Deadline, clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
                result = await mediator.Send(new Deliver(row, Keep), either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                result = new DeliveryResult(OutboxState.Due, null, "timeout");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                AttemptFailed(log, row.Id, e.GetType().Name);
                result = new DeliveryResult(OutboxState.Due, null, "internal");
            }
            if (result.State != OutboxState.Due)
                setbacks.Worked(row.ReceiverId);
            else if (result.Error is not ("internal" or "lease-lost"))
                setbacks.Failed(row.ReceiverId);
            await Complete(db, mediator, row, result, stop);

            async Task<bool> Keep(byte[] sealedBody, string @event)
            {
                (row.SealedBody, row.Event) = (sealedBody, @event);
                return await Mine(db, row)
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(o => o.SealedBody, sealedBody).SetProperty(o => o.Event, @event),
                            stop
                        ) == 1;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopping: the lease runs out and the row is sent again, with the same id.
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
        RmsDb db,
        IMediator mediator,
        OutboxRow row,
        DeliveryResult result,
        CancellationToken stop
    )
    {
        var now = clock.GetUtcNow();
        var state =
            result.State == OutboxState.Due && now - row.DueSince > GiveUpAfter ? OutboxState.Dead : result.State;
        DateTimeOffset? finished = state == OutboxState.Due ? null : now;
        var pause = PauseAfter(row.Attempts);
        // A receiver may ask for more time, but not for years.
        var asked = result.RetryAfter > LongestPause ? LongestPause : result.RetryAfter;
        var due = now + (asked > pause ? asked.Value : pause);

        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var completed = await Mine(db, row)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(o => o.State, state)
                        .SetProperty(o => o.FinishedAt, finished)
                        .SetProperty(o => o.DueAt, o => state == OutboxState.Due ? due : o.DueAt)
                        .SetProperty(o => o.LeaseId, (Guid?)null)
                        .SetProperty(o => o.LeaseUntil, (DateTimeOffset?)null)
                        .SetProperty(o => o.LastStatus, result.Status)
                        .SetProperty(o => o.LastError, result.Error),
                stop
            );
        if (completed == 0)
            return;
        if (state == OutboxState.Delivered)
        {
            await mediator.Publish(new Delivered(row), stop);
            await db.SaveChangesAsync(stop);
        }
        await transaction.CommitAsync(stop);
        if (state == OutboxState.Dead)
            GaveUp(log, row.Id, result.Status, result.Error);
    }

    private static IQueryable<OutboxRow> Mine(RmsDb db, OutboxRow row) =>
        db.Outbox.Where(o => o.Id == row.Id && o.LeaseId == row.LeaseId && o.State == OutboxState.Due);

    [LoggerMessage(
        EventId = 1301,
        Level = LogLevel.Warning,
        Message = "The outbox can't be read ({Fault}); trying again"
    )]
    private static partial void ClaimFailed(ILogger log, string fault);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Warning, Message = "Sending {Outbox} failed inside ({Fault})")]
    private static partial void AttemptFailed(ILogger log, Guid outbox, string fault);

    [LoggerMessage(
        EventId = 1303,
        Level = LogLevel.Error,
        Message = "Gave up sending {Outbox}: status {Status}, {Error}"
    )]
    private static partial void GaveUp(ILogger log, Guid outbox, int? status, string? error);
}
