using System.Globalization;
using Npgsql;

namespace Rms.Benchmarks;

/// <summary>
/// The rows that the app wrote for its latest referral, each copied into a table of its own. The tables are found by
/// their columns, so that a table that intake comes to write is among them.
/// </summary>
internal sealed class IntakeRows
{
    private IntakeRows(List<IntakeRow> rows) => Rows = rows;

    /// <summary>In the order of their foreign keys.</summary>
    public IReadOnlyList<IntakeRow> Rows { get; }

    public static async Task<IntakeRows> Copy(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var referral = (Guid)(await Scalar("select id from core.referral order by received_at desc, id desc limit 1"))!;
        var message = (Guid)
            (await Scalar($"select id from core.message where referral_id = '{referral}' order by id desc limit 1"))!;
        await Run("drop schema if exists bench cascade; create schema bench");
        List<IntakeRow> rows = [];
        foreach (var (table, columns) in await Tables(connection))
        {
            var ids = columns.Where(c => c.Type == "uuid").ToList();
            if (ids.Count == 0)
                continue;
            var mine = string.Join(" or ", ids.Select(c => $"t.{c.Name} in ('{referral}', '{message}')"));
            var count = (long)(await Scalar($"select count(*) from {table} t where {mine}"))!;
            for (var i = 0; i < count; i++)
            {
                var copy = $"bench.row_{rows.Count}";
                await Run(
                    $"create table {copy} as select * from {table} t where {mine} order by ctid limit 1 offset {i}"
                );
                HashSet<string> referrals = [];
                HashSet<string> messages = [];
                foreach (var column in ids)
                {
                    var value = await Scalar($"select {column.Name} from {copy}") as Guid?;
                    if (value == referral)
                        referrals.Add(column.Name);
                    else if (value == message)
                        messages.Add(column.Name);
                }
                rows.Add(new IntakeRow(table, copy, columns, referrals, messages));
            }
        }
        return new IntakeRows(rows);

        async Task<object?> Scalar(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteScalarAsync();
        }

        async Task Run(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>
    /// Adds that many referrals, each with all its rows but with next to nothing in what is sealed: as many as there may
    /// be after years. Needs a superuser, for foreign keys are not checked here.
    /// </summary>
    public async Task Multiply(string database, int first, int count)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        foreach (var row in Rows.Where(r => r.Table != "intake.attachment"))
        {
            var values = row.Columns.Select(c =>
                row.IsReferral(c) ? Id("1")
                : row.IsMessage(c) ? Id("2")
                : c is { Name: "id", Type: "uuid" } ? Id(row.Copy[^1..])
                : c.Name is "reference" or "message_key" ? "'earlier ' || n"
                : (row.Table, c.Name) is ("core.outbox", "state") ? "'delivered'"
                : (row.Table, c.Name) is ("core.outbox", "finished_at") ? "t.created_at"
                : c.Type switch
                {
                    "bytea" => $"case when t.{c.Name} is not null then '\\x00'::bytea end",
                    "bigint[]" =>
                        $"array(select hashint8extended(n, k) from generate_series(1, cardinality(t.{c.Name})) k)",
                    "timestamp with time zone" => $"t.{c.Name} - (2000000 - n) * interval '20 s'",
                    _ => "t." + c.Name,
                }
            );
            await using var command = new NpgsqlCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    set session_replication_role = replica;
                    insert into {row.Table} ({row.Names}) select {string.Join(", ", values)}
                    from {row.Copy} t, generate_series({first}, {first + count - 1}) n
                    """
                ),
                connection
            )
            {
                CommandTimeout = 0,
            };
            await command.ExecuteNonQueryAsync();
        }
        await using var settle = new NpgsqlCommand("vacuum analyze", connection) { CommandTimeout = 0 };
        await settle.ExecuteNonQueryAsync();
        await using var write = new NpgsqlCommand("checkpoint", connection) { CommandTimeout = 0 };
        await write.ExecuteNonQueryAsync();

        // In order of time, as the app's own ids are.
        static string Id(string what) =>
            $"('0180' || lpad(to_hex(n), 8, '0') || '7' || substr(md5('{what} ' || n), 1, 19))::uuid";
    }

    private static async Task<List<(string Table, List<Column> Columns)>> Tables(NpgsqlConnection connection)
    {
        List<(string Table, List<Column> Columns)> tables = [];
        await using var command = new NpgsqlCommand(
            """
            select c.oid::regclass::text, a.attname, format_type(a.atttypid, null)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and a.attidentity = '' and a.attname <> 'recorded_at'
            where c.relkind = 'r' and n.nspname in ('core', 'keys', 'intake', 'notifications', 'triage', 'scheduling')
                and c.relname not in ('master_key', 'lifecycle_step', 'audit_link')
            order by c.oid, a.attnum
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var table = reader.GetString(0);
            if (tables.Count == 0 || tables[^1].Table != table)
                tables.Add((table, []));
            tables[^1].Columns.Add(new Column(reader.GetString(1), reader.GetString(2)));
        }
        return tables;
    }
}

/// <param name="Table">Where the app wrote it.</param>
/// <param name="Copy">The table that holds it alone.</param>
internal sealed record IntakeRow(
    string Table,
    string Copy,
    IReadOnlyList<Column> Columns,
    IReadOnlySet<string> Referrals,
    IReadOnlySet<string> Messages
)
{
    public string Names => string.Join(", ", Columns.Select(c => c.Name));

    public bool IsReferral(Column column) => Referrals.Contains(column.Name);

    public bool IsMessage(Column column) => Messages.Contains(column.Name);
}

internal sealed record Column(string Name, string Type);
