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
                catch (Exception e) when (!context.Response.HasStarted)
                {
                    await Answer(context, log, e);
                }
            }
        );
    }

    private static async Task Answer(HttpContext context, ILogger log, Exception fault)
    {
        var problem = fault switch
        {
            Problem expected => expected,
            BadHttpRequestException bad => new Problem(bad.StatusCode == 413 ? "too-large" : "bad-request", bad.StatusCode),
            NpgsqlException or { InnerException: NpgsqlException } => new Problem("busy", 503),
            _ => new Problem("internal", 500),
        };
        if (problem.Status >= 500)
            Failed(log, context.TraceIdentifier, fault.GetType().FullName, fault.InnerException?.GetType().FullName, fault.StackTrace);
        context.Response.Clear();
        if (problem.Status == 503)
            context.Response.Headers.RetryAfter = "5";
        if (context.Request.Path.StartsWithSegments("/fhir", StringComparison.Ordinal))
        {
            await Outcomes.Send(context, problem);
            return;
        }
        await Pages.ProblemPage.Show(context, problem);
    }

    [LoggerMessage(
        EventId = 1001,
        Level = LogLevel.Error,
        Message = "Request {Request} failed: {Fault} ({Inner}) at {Place}"
    )]
    private static partial void Failed(ILogger log, string request, string? fault, string? inner, string? place);
}
