using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Rms.Core.Migrations;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>
/// The PostgreSQL server that `./rms test` starts (RMS_TEST_DATABASE, a role that may make databases and roles), with
/// one migrated template database from which every test class gets its own copy in about 0.1 s.
/// </summary>
internal static class TestServer
{
    /// <summary>The app's role: it can change rows, and no table's shape.</summary>
    public const string AppRole = "rms_app";

    /// <summary>Held while the template is made: several test programs may start together.</summary>
    private const long LockNumber = 0x524d535f54455354;

    private static readonly Lazy<Task<string>> Template = new(() => Task.Run(MakeTemplate));
    private static int databases;

    /// <summary>Connection string of the owner of all test databases.</summary>
    public static string Given =>
        Environment.GetEnvironmentVariable("RMS_TEST_DATABASE") is { Length: > 0 } given
            ? given
            : throw new InvalidOperationException("RMS_TEST_DATABASE is missing: run ./rms test integration");

    /// <summary>Makes a database: a copy of the migrated template, or an empty one. Its name.</summary>
    public static async Task<string> Create(bool migrated)
    {
        var template = migrated ? await Template.Value : "template0";
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"rms_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}"
        );
        await using var server = await Connect();
        await Execute(server, $"drop database if exists {name} with (force)");
        await Execute(server, $"create database {name} template {template}");
        return name;
    }

    public static async Task Drop(string name)
    {
        await using var server = await Connect();
        await Execute(server, $"drop database if exists {name} with (force)");
    }

    /// <summary>Connection string for the owner of a database.</summary>
    public static string AsOwner(string database) =>
        new NpgsqlConnectionStringBuilder(Given) { Database = database, MaxPoolSize = 20 }.ConnectionString;

    /// <summary>Connection string for the app's role.</summary>
    public static string AsApp(string database) =>
        new NpgsqlConnectionStringBuilder(Given)
        {
            Database = database,
            Username = AppRole,
            MaxPoolSize = 20,
        }.ConnectionString;

    private static async Task<string> MakeTemplate()
    {
        // Named after what is in it, so that a server that outlives a run never hands out an old schema.
        var name = $"rms_template_{Fingerprint()}";
        await using var server = await Connect();
        await Execute(server, $"select pg_advisory_lock({LockNumber})");
        if (await Exists(server, $"select from pg_database where datname = '{name}'"))
            return name;
        if (!await Exists(server, $"select from pg_roles where rolname = '{AppRole}'"))
        {
            // The same password as the owner's: it is a secret of this server already.
            var password = new NpgsqlConnectionStringBuilder(Given).Password?.Replace(
                "'",
                "''",
                StringComparison.Ordinal
            );
            await Execute(server, $"create role {AppRole} login password '{password}'");
            // Dropping a database ends the connections that are still open in it, the app's too.
            await Execute(server, $"grant {AppRole} to current_user");
        }
        await Execute(server, $"drop database if exists {name}_half with (force)");
        await Execute(server, $"create database {name}_half template template0");
        await MigrationRunner.Run(AsOwner($"{name}_half"), AppRole, Migration.Folder, _ => { });
        await Execute(server, $"alter database {name}_half rename to {name}");
        return name;
    }

    private static string Fingerprint()
    {
        var files = Directory
            .GetFiles(Migration.Folder, "*.sql")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllText);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', files)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 6));
    }

    private static async Task<NpgsqlConnection> Connect()
    {
        // Unpooled: no connection of ours may stand in the way of copying or dropping a database.
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Given) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> Exists(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync();
    }
}
