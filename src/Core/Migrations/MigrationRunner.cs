using System.Text.RegularExpressions;
using Npgsql;

namespace Rms.Core.Migrations;

/// <summary>
/// Brings a database to the schema of this build. Migrations only go forward: each file runs once, in a transaction of
/// its own, and is remembered with its checksum in <c>public.migration</c>. What is applied must never change.
/// </summary>
public static partial class MigrationRunner
{
    /// <summary>Held while migrating, so that two nodes that start together migrate once. Any number, but always this one.</summary>
    private const long LockNumber = 0x524d535f4d494752;

    private const int LongestStep = 0; // seconds; 0 is no limit: an index over a large table may take its time

    /// <summary>Applies what is missing and gives the app's role its rights. Safe to repeat and to run on several nodes at once.</summary>
    /// <param name="owner">Connection string of the role that owns the database.</param>
    /// <param name="appRole">The role the app connects as; the owner's own name when there is only one role.</param>
    /// <param name="folder">Where the SQL files are, <see cref="Migration.Folder"/> in a build.</param>
    /// <param name="log">Hears one line for each step.</param>
    /// <param name="ct">Stops between statements; the step under way is rolled back.</param>
    /// <exception cref="MigrationException">A file changed after it was applied, the database is ahead of this build,
    /// a file is out of order, or its SQL failed (then that file left no trace).</exception>
    public static async Task Run(
        string owner,
        string appRole,
        string folder,
        Action<string> log,
        CancellationToken ct = default
    )
    {
        var migrations = Migration.ReadFolder(folder);
        // Unpooled: the advisory lock lives and dies with this one connection.
        var settings = new NpgsqlConnectionStringBuilder(owner) { Pooling = false, CommandTimeout = LongestStep };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        await TakeLock(connection, log, ct);
        await Execute(connection, CreateTable, ct);

        var applied = await ReadApplied(connection, ct);
        Refuse([.. Conflicts(migrations, applied), .. OutOfOrder(migrations, applied)]);
        var pending = migrations.Where(m => !applied.ContainsKey(m.Number)).ToList();
        for (var i = 0; i < pending.Count; i++)
        {
            log($"Applying {pending[i].Name} ({i + 1} of {pending.Count})");
            await Apply(connection, pending[i], ct);
        }
        await Grant(connection, settings.Username, appRole, folder, log, ct);
        // The server hears of the closing only afterwards; whoever migrates next need not wait for that.
        await Execute(connection, $"select pg_advisory_unlock({LockNumber})", ct);
        log(pending.Count == 0 ? "The database is up to date." : $"Applied {pending.Count} migrations.");
    }

    /// <summary>Refuses, with every reason, a database that is not exactly at the schema of this build. Changes nothing.</summary>
    /// <param name="connectionString">Of any role that may read <c>public.migration</c>; the app's own will do.</param>
    /// <param name="folder">Where the SQL files are.</param>
    /// <param name="ct">Stops the look.</param>
    /// <exception cref="MigrationException">Something is pending, changed, or unknown to this build.</exception>
    public static async Task Verify(string connectionString, string folder, CancellationToken ct = default)
    {
        var migrations = Migration.ReadFolder(folder);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("select to_regclass('public.migration') is not null", connection);
        var applied = await exists.ExecuteScalarAsync(ct) is true ? await ReadApplied(connection, ct) : [];
        var pending = migrations
            .Where(m => !applied.ContainsKey(m.Number))
            .Select(m => $"{m.Name} is not applied: run `./rms migrate` (or `Rms.Web migrate`) first.");
        Refuse([.. Conflicts(migrations, applied), .. pending]);
    }

    private const string CreateTable = """
        create table if not exists public.migration (
            number int primary key,
            name text not null,
            checksum text not null,
            applied_at timestamptz not null default now());
        """;

    private static async Task TakeLock(NpgsqlConnection connection, Action<string> log, CancellationToken ct)
    {
        await using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection);
        take.Parameters.Add(new() { Value = LockNumber });
        if (await take.ExecuteScalarAsync(ct) is true)
            return;
        log("Another node is migrating this database: waiting for it.");
        take.CommandText = "select pg_advisory_lock($1)";
        await take.ExecuteNonQueryAsync(ct);
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<Dictionary<int, Applied>> ReadApplied(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select number, name, checksum from public.migration", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<int, Applied>();
        while (await reader.ReadAsync(ct))
            applied.Add(reader.GetInt32(0), new Applied(reader.GetInt32(0), reader.GetString(1), reader.GetString(2)));
        return applied;
    }

    private static IEnumerable<string> Conflicts(IReadOnlyList<Migration> ours, Dictionary<int, Applied> applied)
    {
        foreach (var there in applied.Values.OrderBy(a => a.Number))
        {
            if (ours.FirstOrDefault(m => m.Number == there.Number) is not { } here)
                yield return $"{there.Name} is applied to the database but unknown to this build: the build is too old.";
            else if (here.Checksum != there.Checksum)
                yield return $"{here.Name} was changed after it was applied (as {there.Name}): restore it, and put the change into a new migration.";
        }
    }

    private static IEnumerable<string> OutOfOrder(IReadOnlyList<Migration> ours, Dictionary<int, Applied> applied)
    {
        var last = applied.Keys.DefaultIfEmpty(0).Max();
        return ours.Where(m => m.Number < last && !applied.ContainsKey(m.Number))
            .Select(m => $"{m.Name} is new but numbered below {last:0000}, which is applied: give it a higher number.");
    }

    private static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
            throw new MigrationException(faults);
    }

    private static async Task Apply(NpgsqlConnection connection, Migration migration, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await Execute(connection, migration.Sql, ct);
        }
        catch (PostgresException e)
        {
            throw new MigrationException([Explain(migration.Name, e)]);
        }
        await using var remember = new NpgsqlCommand(
            "insert into public.migration (number, name, checksum) values ($1, $2, $3)",
            connection,
            transaction
        );
        remember.Parameters.Add(new() { Value = migration.Number });
        remember.Parameters.Add(new() { Value = migration.Name });
        remember.Parameters.Add(new() { Value = migration.Checksum });
        await remember.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Runs the grants with <c>:app</c> standing for the app's role, as a quoted identifier.</summary>
    private static async Task Grant(
        NpgsqlConnection connection,
        string? ownerRole,
        string appRole,
        string folder,
        Action<string> log,
        CancellationToken ct
    )
    {
        if (appRole == ownerRole)
            return;
        log($"Giving {appRole} its rights ({Migration.GrantsName})");
        var file = Path.Combine(folder, Migration.GrantsName);
        var ours = File.Exists(file) ? await File.ReadAllTextAsync(file, ct) : "";
        var sql = AppPlaceholder().Replace(SeeMigrations + ours, QuoteIdentifier(appRole).Replace("$", "$$"));
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await Execute(connection, sql, ct);
        }
        catch (PostgresException e)
        {
            throw new MigrationException([Explain(Migration.GrantsName, e)]);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>The app looks at where the database stands when it starts; only the owner moves it.</summary>
    private const string SeeMigrations = "grant select on public.migration to :app;\n";

    private static string QuoteIdentifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Not the second colon of a cast (::app), nor the start of a longer word (:application).
    [GeneratedRegex("(?<!:):app\\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AppPlaceholder();

    /// <summary>The server's words without its detail, which may quote a row.</summary>
    private static string Explain(string name, PostgresException e) =>
        $"{name} failed: {e.MessageText} (SQLSTATE {e.SqlState}). It was rolled back.";

    private sealed record Applied(int Number, string Name, string Checksum);
}
