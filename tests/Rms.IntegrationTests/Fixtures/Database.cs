using Npgsql;
using Xunit;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>
/// A migrated database of a test class's own, gone when the class is done:
/// <c>class SomeTests(Database database) : IClassFixture&lt;Database&gt;</c>.
/// </summary>
public class Database : IAsyncLifetime
{
    private readonly bool migrated;
    private string name = "";

    /// <summary>With the schema of this build.</summary>
    public Database()
        : this(migrated: true) { }

    /// <summary>With or without the schema of this build.</summary>
    protected Database(bool migrated) => this.migrated = migrated;

    /// <summary>For the app's role (RMS_DATABASE).</summary>
    public string ConnectionString => TestServer.AsApp(name);

    /// <summary>For the role that owns and migrates it (RMS_DATABASE_OWNER), which may do anything in it.</summary>
    public string Owner => TestServer.AsOwner(name);

    /// <summary>A new database outside a fixture; dispose of it.</summary>
    public static async Task<Database> Create()
    {
        var database = new Database();
        await database.InitializeAsync();
        return database;
    }

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => name = await TestServer.Create(migrated);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await TestServer.Drop(name);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs SQL as the owner: several statements, no result.</summary>
    public Task Execute(string sql) => Execute(Owner, sql);

    /// <summary>Runs SQL as the app's role.</summary>
    public Task ExecuteAsApp(string sql) => Execute(ConnectionString, sql);

    /// <summary>The rows of a query as the owner, each an array of its columns' values; null for SQL's null.</summary>
    public async Task<IReadOnlyList<object?[]>> Query(string sql)
    {
        await using var connection = await Open(Owner);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(v => v is DBNull ? null : v)]);
        }
        return rows;
    }

    /// <summary>The first column of the first row of a query as the owner.</summary>
    public async Task<T> Scalar<T>(string sql) => (T)(await Query(sql))[0][0]!;

    private static async Task Execute(string connectionString, string sql)
    {
        await using var connection = await Open(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<NpgsqlConnection> Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>A database with nothing in it.</summary>
public sealed class EmptyDatabase() : Database(migrated: false);
