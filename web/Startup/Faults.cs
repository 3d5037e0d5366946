using Npgsql;
using Rms.Core;
using Rms.Web.Fhir;

namespace Rms.Web.Startup;

/// <summary>
/// The last net: what nothing else caught. Machines get an OperationOutcome, people a page; neither sees the
/// exception, and the log has its type and place, never its text (which may hold what a patient said).
/// </summary>
internal static partial class Faults
{
    /// <summary>Whether a path is for machines: they get JSON, people get pages.</summary>
    public static bool IsForMachines(PathString path) =>
        path.StartsWithSegments("/fhir", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/oauth2", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);

    public static void UseFaults(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rms.Web.Faults");
        app.Use(
            async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
                {
                    // The other side went away.
                }
                catch (Exception e)
                {
                    var problem = Name(e);
                    if (problem.Status >= 500)
                    {
                        Failed(
                            log,
                            context.TraceIdentifier,
                            e.GetType().FullName,
                            e.InnerException?.GetType().FullName,
                            e.StackTrace
                        );
                    }
                    // The pages' own handler, further out, shows a person what happened.
                    if (context.Response.HasStarted || !IsForMachines(context.Request.Path))
                        throw;
                    context.Response.Clear();
                    if (problem.Status == 503)
                        context.Response.Headers.RetryAfter = "5";
                    await Outcomes.Send(context, problem);
                }
            }
        );
    }

    public static Problem Name(Exception fault) =>
        fault switch
        {
            Problem expected => expected,
            BadHttpRequestException { StatusCode: 413 } => new Problem("too-large", 413),
            BadHttpRequestException bad => new Problem("bad-request", bad.StatusCode),
            // A connection that broke under a commit.
            ObjectDisposedException { ObjectName: nameof(NpgsqlTransaction) or nameof(NpgsqlConnection) } =>
                new Problem("busy", 503),
            _ when (fault as NpgsqlException ?? fault.InnerException as NpgsqlException) is { } database =>
            // What another try may mend is for the sender to repeat; anything else is a fault of ours.
            database.IsTransient || database is not PostgresException
                ? new Problem("busy", 503)
                : new Problem("internal", 500),
            _ => new Problem("internal", 500),
        };

    [LoggerMessage(
        EventId = 1001,
        Level = LogLevel.Error,
        Message = "Request {Request} failed: {Fault} ({Inner}) at {Place}"
    )]
    private static partial void Failed(ILogger log, string request, string? fault, string? inner, string? place);
}
