using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Rms.Core.Audit;

/// <summary>
/// Chains the audit rows, hash over hash, in batches within seconds of their commit. One sealer works at a time, on
/// whichever node; a chain inside each transaction would make every commit wait for every other.
/// </summary>
public sealed partial class AuditSealer(NpgsqlDataSource database, TimeProvider clock, ILogger<AuditSealer> log)
    : BackgroundService
{
    private const int Batch = 5000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // The text that is hashed: every column of the row, in order, each with its length, so that no two rows share it.
    private const string Canonical = """
        concat_ws('|', a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            to_char(a.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            a.actor_kind, coalesce(a.actor_id::text, '-'), length(a.action), a.action,
            coalesce(a.referral_id::text, '-'), coalesce(a.site_id::text, '-'), coalesce(a.detail::text, '-'))
        """;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTime? floor = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                int links;
                do (links, floor) = await Seal(database, floor, stoppingToken);
                while (links == Batch);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The database is away, or coming back: what is not chained yet is chained then.
                SealingFailed(log, e.GetType().Name);
            }
            try
            {
                await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Chains what is not chained yet; returns how many rows that were.</summary>
    public static async Task<int> SealOnce(NpgsqlDataSource database, CancellationToken stop) =>
        (await Seal(database, null, stop)).Links;

    /// <summary>Chains what is not chained yet.</summary>
    /// <param name="database">Where.</param>
    /// <param name="floor">
    /// Everything recorded before this is chained, as an earlier pass found; null: not known. A row may commit after a
    /// later one was chained, so it is no later than the start of the oldest transaction of that time.
    /// </param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>How many rows were chained, and the floor for the next pass.</returns>
    private static async Task<(int Links, DateTime? Floor)> Seal(
        NpgsqlDataSource database,
        DateTime? floor,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (var mine = new NpgsqlCommand("select pg_try_advisory_xact_lock(72004)", connection, transaction))
        {
            if (await mine.ExecuteScalarAsync(stop) is not true)
                return (0, floor);
        }
        await using var oldest = new NpgsqlCommand(
            """
            select least(clock_timestamp(), min(xact_start)) - interval '1 second'
            from pg_stat_activity where datname = current_database()
            """,
            connection,
            transaction
        );
        var next = (DateTime?)await oldest.ExecuteScalarAsync(stop);
        var (seq, hash) = await Last(connection, stop);
        // Without a floor: no transaction is open for ten minutes.
        await using var select = new NpgsqlCommand(
            $"""
            select a.id, {Canonical}, a.recorded_at from core.audit a
            where a.recorded_at >= coalesce($1, (select l2.recorded_at from core.audit l2 join core.audit_link k on k.audit_id = l2.id
                 order by k.seq desc limit 1) - interval '10 minutes', '-infinity')
            and not exists (select from core.audit_link l where l.audit_id = a.id)
            order by a.recorded_at, a.id limit {Batch}
            """,
            connection,
            transaction
        )
        {
            Parameters =
            {
                new() { Value = floor is { } known ? known : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        List<(Guid Id, byte[] Hash)> links = [];
        DateTime? latest = null;
        await using (var reader = await select.ExecuteReaderAsync(stop))
        {
            while (await reader.ReadAsync(stop))
            {
                links.Add((reader.GetGuid(0), hash = Link(hash, reader.GetString(1))));
                latest = reader.GetDateTime(2);
            }
        }
        if (links.Count > 0)
        {
            await using var insert = new NpgsqlCommand(
                """
                insert into core.audit_link (seq, audit_id, hash)
                select $1 + row.n, row.id, row.hash from unnest($2, $3) with ordinality as row (id, hash, n)
                """,
                connection,
                transaction
            )
            {
                Parameters =
                {
                    new() { Value = seq },
                    new() { Value = links.Select(l => l.Id).ToArray() },
                    new() { Value = links.Select(l => l.Hash).ToArray() },
                },
            };
            await insert.ExecuteNonQueryAsync(stop);
        }
        await transaction.CommitAsync(stop);
        // After a full batch there is more, and it begins where this one ended.
        return (links.Count, links.Count == Batch && latest < next ? latest : next);
    }

    /// <summary>
    /// Walks the whole chain. Returns the number of the first link that does not hold (its row was changed or removed,
    /// or the link was), or null when all hold.
    /// </summary>
    public static async Task<long?> FirstBroken(NpgsqlDataSource database, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var select = new NpgsqlCommand(
            $"""
            select l.seq, l.hash, case when a.id is null then null else {Canonical} end
            from core.audit_link l left join core.audit a on a.id = l.audit_id order by l.seq
            """,
            connection
        );
        await using var reader = await select.ExecuteReaderAsync(stop);
        byte[] hash = [];
        long seq = 0;
        while (await reader.ReadAsync(stop))
        {
            seq++;
            if (reader.GetInt64(0) != seq || await reader.IsDBNullAsync(2, stop))
                return seq;
            hash = Link(hash, reader.GetString(2));
            if (!hash.AsSpan().SequenceEqual((byte[])reader.GetValue(1)))
                return seq;
        }
        return null;
    }

    private static byte[] Link(byte[] previous, string row) =>
        SHA256.HashData([.. previous, .. System.Text.Encoding.UTF8.GetBytes(row)]);

    private static async Task<(long Seq, byte[] Hash)> Last(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var select = new NpgsqlCommand(
            "select seq, hash from core.audit_link order by seq desc limit 1",
            connection
        );
        await using var reader = await select.ExecuteReaderAsync(stop);
        return await reader.ReadAsync(stop) ? (reader.GetInt64(0), (byte[])reader.GetValue(1)) : (0, []);
    }

    [LoggerMessage(
        EventId = 1401,
        Level = LogLevel.Warning,
        Message = "Chaining the audit trail failed ({Fault}); trying again"
    )]
    private static partial void SealingFailed(ILogger log, string fault);
}
