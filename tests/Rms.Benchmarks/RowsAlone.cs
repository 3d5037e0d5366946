using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Rms.Benchmarks;

/// <summary>
/// What PostgreSQL itself reaches: pgbench inserts, in one transaction each, copies of the very rows that the app wrote
/// for its latest referral, with as many clients. The tables are found by their columns, so that a table that intake
/// comes to write is inserted here too.
/// </summary>
internal static partial class RowsAlone
{
    /// <summary>Transactions a second.</summary>
    public static async Task<(double PerSecond, int Rows)> Measure(string database, int clients, TimeSpan time)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var (script, rows) = await Script(connection);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, script);
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(database);
            using var pgbench = new Process
            {
                StartInfo = new ProcessStartInfo(Program())
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["PGPASSWORD"] = settings.Password ?? "" },
                },
            };
            foreach (
                var argument in (string[])
                    [
                        "-h",
                        settings.Host!,
                        "-p",
                        $"{settings.Port}",
                        "-U",
                        settings.Username!,
                        "-n",
                        "-M",
                        "prepared",
                        "-c",
                        $"{clients}",
                        "-j",
                        "2",
                        "-T",
                        time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                        "-f",
                        file,
                        settings.Database!,
                    ]
            )
                pgbench.StartInfo.ArgumentList.Add(argument);
            pgbench.Start();
            var faults = pgbench.StandardError.ReadToEndAsync();
            var output = await pgbench.StandardOutput.ReadToEndAsync();
            await pgbench.WaitForExitAsync();
            var rate = Rate().Match(output);
            return pgbench.ExitCode == 0 && rate.Success
                ? (double.Parse(rate.Groups["rate"].ValueSpan, CultureInfo.InvariantCulture), rows)
                : throw new InvalidOperationException("pgbench failed: " + await faults);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>
    /// The latest referral's rows, each kept in a table of its own and inserted again under new ids. Every column that
    /// holds the referral's or the message's id gets the new one; a row's own id is made anew.
    /// </summary>
    private static async Task<(string Script, int Rows)> Script(NpgsqlConnection connection)
    {
        var referral = (Guid)(await Scalar("select id from core.referral order by id desc limit 1"))!;
        var message = (Guid)
            (await Scalar($"select id from core.message where referral_id = '{referral}' order by id desc limit 1"))!;
        Dictionary<string, string> ids = new()
        {
            [referral.ToString()] = ":r::uuid",
            [message.ToString()] = ":m::uuid",
        };
        await Run("drop schema if exists bench cascade; create schema bench");
        var script = new StringBuilder("select gen_random_uuid() as r, gen_random_uuid() as m \\gset\nbegin;\n");
        var rows = 0;
        foreach (var (table, columns) in await Tables())
        {
            var mine = columns.Where(c => c.Type == "uuid").Select(c => $"t.{c.Name} in ('{referral}', '{message}')");
            if (!columns.Any(c => c.Type == "uuid"))
                continue;
            var count = (long)(await Scalar($"select count(*) from {table} t where {string.Join(" or ", mine)}"))!;
            for (var i = 0; i < count; i++)
            {
                var copy = $"bench.row_{rows++}";
                await Run(
                    $"create table {copy} as select * from {table} t where {string.Join(" or ", mine)} order by ctid limit 1 offset {i}"
                );
                List<string> values = [];
                foreach (var (name, type) in columns)
                {
                    var value = (await Scalar($"select {name}::text from {copy}")) as string;
                    values.Add(
                        value is not null && ids.TryGetValue(value, out var id) ? id
                        : name == "id" && type == "uuid" ? "gen_random_uuid()"
                        : name is "reference" or "message_key" ? ":r::text"
                        : "t." + name
                    );
                }
                script.Append(
                    CultureInfo.InvariantCulture,
                    $"insert into {table} ({string.Join(", ", columns.Select(c => c.Name))}) select {string.Join(", ", values)} from {copy} t;\n"
                );
            }
        }
        script.Append("commit;\n");
        return (script.ToString(), rows);

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

        // In the order in which they were made, which is that of their foreign keys.
        async Task<List<(string Table, List<(string Name, string Type)> Columns)>> Tables()
        {
            List<(string Table, List<(string Name, string Type)> Columns)> tables = [];
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
                tables[^1].Columns.Add((reader.GetString(1), reader.GetString(2)));
            }
            return tables;
        }
    }

    /// <summary>Debian keeps it beside the server.</summary>
    private static string Program() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .EnumerateDirectories("/usr/lib/postgresql")
                .Select(d => Path.Combine(d, "bin", "pgbench"))
                .Where(File.Exists)
                .Order(StringComparer.Ordinal)
                .LastOrDefault("pgbench")
            : "pgbench";

    [GeneratedRegex(@"tps = (?<rate>[0-9.]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rate();
}
