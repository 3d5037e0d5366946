using System.Text.Json.Nodes;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Receiving;

/// <summary>POST /fhir/$process-message(s): takes a message from the target, judges it, keeps it, applies it.</summary>
internal sealed partial class ReceiveEndpoint(
    Store store,
    TokenOffice office,
    Failures failures,
    OntarioTime clock,
    ILogger<ReceiveEndpoint> log
)
{
    /// <summary>The largest message that is taken, in bytes.</summary>
    public const int MostBytes = 50_000_000;

    private readonly Lock turn = new();

    public async Task Answer(HttpContext context)
    {
        var body = await ReadBody(context);
        var order = failures.Take(FailurePlace.Messages);
        var version = office.Bearer(context.Request);
        var view = BundleView.Parse(body, out var unreadable);
        var message = new Message
        {
            Direction = "received",
            Connection = version?.Connection,
            MessageId = BundleView.Text(view?.Header, "id"),
            Event = view?.Event,
            Ref = view?.Referral is { } named && store.Find(named) is not null ? named : null,
            At = clock.Now(),
            Outcome = Outcomes.Waiting,
        };

        if (order is not null && order.Kind != FailureKind.DropAfter && order.Kind != FailureKind.Slow)
        {
            var failed = store.Add(message with { Outcome = Outcomes.FailedOnPurpose, Detail = order.Kind.Name }, body);
            await FailureAct.Before(context, order);
            store.Update(
                failed with
                {
                    Status = order.Kind == FailureKind.Drop ? null : context.Response.StatusCode,
                },
                null
            );
            return;
        }

        if (order?.Kind == FailureKind.Slow)
        {
            await FailureAct.Before(context, order);
        }

        var (kept, reply) = Judge(message, view, unreadable, version, body);
        LogReceived(log, kept.Number, kept.Event, kept.Outcome, kept.Status);
        if (order?.Kind == FailureKind.DropAfter)
        {
            store.Update(kept with { Detail = order.Kind.Name }, reply: null);
            context.Abort();
            return;
        }

        if (version is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await FailureAct.Write(context, kept.Status!.Value, reply);
    }

    private (Message Kept, JsonObject Reply) Judge(
        Message message,
        BundleView? view,
        string? unreadable,
        GuideVersion? version,
        byte[] body
    )
    {
        lock (turn)
        {
            var referral = store.Find(message.Ref);
            IReadOnlyList<Finding> findings =
                version is null ? [new Finding("error", "login", "Bundle", "A token that holds is needed.")]
                : view is null ? [new Finding("error", "structure", "Bundle", unreadable!)]
                : Inspection.Inspect(view, version, referral);
            var status =
                version is null ? 401
                : view is null || findings.Any(f => f is { IsError: true, Code: "structure" }) ? 400
                : findings.Any(f => f.IsError) ? 422
                : 200;
            var reply = FailureAct.Outcome(
                status == 200
                    ? [.. findings, new Finding("information", "informational", "Bundle", "Received and processed.")]
                    : findings
            );
            var kept = store.Add(
                message with
                {
                    Status = status,
                    Findings = findings,
                    Outcome = status == 200 ? Outcomes.Accepted : Outcomes.Refused,
                    Detail = Repeated(message),
                },
                body
            );
            store.Update(kept, Json.Bytes(reply));
            if (status == 200)
            {
                store.Change(referral!.Ref, r => Applying.Apply(r, view!, clock.Now()));
            }

            return (kept, reply);
        }
    }

    /// <summary>A target that retries sends the same id again: said, not punished.</summary>
    private string? Repeated(Message message) =>
        store.FirstReceived(message.MessageId) is { } earlier ? $"The same message id as in message {earlier}." : null;

    private static async Task<byte[]> ReadBody(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        return buffer.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Received message {Number} ({Event}): {Outcome} ({Status})")]
    private static partial void LogReceived(ILogger log, int number, string? @event, string outcome, int? status);
}
