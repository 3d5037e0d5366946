using System.Globalization;
using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Receiving;

/// <summary>Carries out an order to fail.</summary>
internal static class FailureAct
{
    /// <summary>
    /// Does what must be done before the request is worked on. False: the request has been answered, or its connection
    /// dropped, and is not to be worked on.
    /// </summary>
    public static async Task<bool> Before(HttpContext context, FailureOrder order)
    {
        if (order.Kind == FailureKind.DropAfter)
        {
            return true;
        }

        if (order.Kind == FailureKind.Slow)
        {
            var time = context.RequestServices.GetRequiredService<TimeProvider>();
            // Not cut short when the caller gives up: a slow server still does what it was asked.
            var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await Task.Delay(TimeSpan.FromSeconds(order.Seconds), time, stopping);
            return true;
        }

        if (order.Kind == FailureKind.Drop)
        {
            context.Abort();
            return false;
        }

        var status = int.Parse(order.Kind.Key, CultureInfo.InvariantCulture);
        if (order.Kind == FailureKind.TooMany || (order.Kind == FailureKind.Unavailable && order.Seconds > 0))
        {
            context.Response.Headers.RetryAfter = order.Seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (order.Kind == FailureKind.Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        }

        var code =
            status == 400 ? "processing"
            : status == 401 ? "login"
            : status == 429 ? "throttled"
            : "exception";
        var outcome = Outcome([new Finding("error", code, "Bundle", $"Failed on purpose: {order.Kind.Name}.")]);
        await Write(context, status, outcome);
        return false;
    }

    /// <summary>An OperationOutcome of these findings.</summary>
    public static JsonObject Outcome(IEnumerable<Finding> findings) =>
        Json.Object(
            ("resourceType", "OperationOutcome"),
            (
                "issue",
                Json.List(
                    findings.Select(f =>
                        Json.Object(
                            ("severity", f.Severity),
                            ("code", f.Code),
                            ("details", Json.Object(("text", f.Text))),
                            ("expression", Json.List(f.Where))
                        )
                    )
                )
            )
        );

    /// <summary>Answers with FHIR JSON and gives back the bytes.</summary>
    public static async Task<byte[]> Write(HttpContext context, int status, JsonObject body)
    {
        var bytes = Json.Bytes(body);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/fhir+json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        return bytes;
    }
}
