using Npgsql;

namespace Rms.Web.Startup;

/// <summary>
/// /health/live: the process answers. /health/ready: it can also do its work (the database answers).
/// </summary>
internal static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        app.MapGet(
            "/health/ready",
            async (NpgsqlDataSource database, CancellationToken stop) =>
            {
                try
                {
                    await using var command = database.CreateCommand("select 1 from core.lifecycle_step limit 1");
                    command.CommandTimeout = 3;
                    await command.ExecuteScalarAsync(stop);
                    return Results.Json(new { status = "ready" });
                }
                catch (NpgsqlException)
                {
                    return Results.Json(new { status = "not ready", why = "database" }, statusCode: 503);
                }
            }
        );
    }
}
