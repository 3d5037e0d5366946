using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Rms.Core;
using Rms.Directories;
using Rms.Intake;
using MediaTypeHeaderValue = Microsoft.Net.Http.Headers.MediaTypeHeaderValue;

namespace Rms.Web.Fhir;

/// <summary>
/// POST /fhir/$process-message: who sends is settled first, then how much and of what type, then Intake takes the
/// message in. To a stranger only a webhook challenge is answered.
/// </summary>
internal sealed class ProcessMessage(IMediator mediator, Refusals refusals, Actor actor, Doors doors, Pace pace)
{
    private const string KeyHeader = "X-API-Key";
    private const int LongestSecret = 512;
    private const long LargestMessage = ReceiveMessage.Largest;
    private const int LongestChallenge = 4096;

    // Large messages take several times their size while they are worked on: a few at a time.
    private const long Large = 4 * 1024 * 1024;
    private static readonly SemaphoreSlim LargeOnes = new(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task Run(HttpContext context)
    {
        var (sender, knocked) = await Sender(context);
        if (sender is null)
        {
            await AnswerStranger(context, knocked);
            return;
        }
        actor.BecomeConnection(sender.ConnectionId);
        if (!pace.Take(sender, out var wait))
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            await RefuseUnread(context, sender, new Problem("too-many", 429));
            return;
        }
        if (!sender.MaySend)
        {
            await RefuseUnread(context, sender, new Problem("sender.forbidden", 403));
            return;
        }
        if (!IsFhirJson(context.Request))
        {
            await RefuseUnread(context, sender, new Problem("media-type", 415));
            return;
        }
        if (context.Request.ContentLength is >= 0 and < Large)
        {
            await Take(context, sender);
            return;
        }
        if (!await LargeOnes.WaitAsync(Patience, context.RequestAborted))
        {
            context.Response.Headers.RetryAfter = "30";
            await Outcomes.Send(context, new Problem("busy", 503));
            return;
        }
        try
        {
            await Take(context, sender);
        }
        finally
        {
            LargeOnes.Release();
        }
    }

    private async Task Take(HttpContext context, Sender sender)
    {
        if (await Read(context) is not { } body)
        {
            await RefuseUnread(context, sender, new Problem("too-large", 413));
            return;
        }
        if (Challenge(body) is { } challenge)
        {
            await Echo(context, challenge);
            return;
        }
        try
        {
            var reply = await mediator.Send(
                new ReceiveMessage(sender.ConnectionId, body),
                // Once it is read it is taken in, whether or not the sender still waits.
                CancellationToken.None
            );
            await Outcomes.Send(context, reply.Status, reply.Body);
        }
        catch (Problem problem)
        {
            var answer = Outcomes.Of(problem);
            await mediator.Send(new KeepRefused(sender.ConnectionId, body, problem, answer), CancellationToken.None);
            await Outcomes.Send(context, problem.Status, answer);
        }
    }

    /// <summary>
    /// Who sends, by the one manner that is shown; and, where that took a knock at the door, whether it was opened.
    /// </summary>
    private async Task<(Sender? Sender, bool? Knocked)> Sender(HttpContext context)
    {
        var stop = context.RequestAborted;
        var headers = context.Request.Headers;
        if (headers.Authorization.Count == 0)
        {
            return headers[KeyHeader] is [{ Length: > 0 and < LongestSecret } key]
                ? (await mediator.Send(new WhoseKey(new Secret(key)), stop), null)
                : (null, null);
        }
        if (BasicHeader.Read(context) is { } basic)
        {
            bool? opened = null;
            var secret = new Secret(basic.Secret);
            var sender = await mediator.Send(
                new WhoseSecret(basic.Name, secret, () => (opened = doors.Open(context)).Value),
                stop
            );
            return (sender, opened);
        }
        return
            AuthenticationHeaderValue.TryParse(headers.Authorization, out var header)
            && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && header.Parameter is { Length: > 0 and < LongestSecret } token
            ? (await mediator.Send(new WhoseToken(new Secret(token)), stop), null)
            : (null, null);
    }

    /// <summary>A challenge is answered; anything else is told how to show itself. Of the body no more is read than a challenge has.</summary>
    private async Task AnswerStranger(HttpContext context, bool? knocked)
    {
        if (!(knocked ?? doors.Open(context)))
        {
            await RefuseUnread(context, null, new Problem("too-many", 429));
            return;
        }
        if (
            context.Request.Headers.Authorization.Count == 0
            && !context.Request.Headers.ContainsKey(KeyHeader)
            && context.Request.ContentLength is null or <= LongestChallenge
            && IsFhirJson(context.Request)
            && await ReadUpTo(context.Request.Body, LongestChallenge, context.RequestAborted) is { } body
            && Challenge(body) is { } challenge
        )
        {
            await Echo(context, challenge);
            return;
        }
        // The same for everybody: which manners a connection allows is no stranger's business.
        context.Response.Headers.WWWAuthenticate = new StringValues([
            "Bearer realm=\"rms\"",
            "Basic realm=\"rms\", charset=\"UTF-8\"",
        ]);
        await RefuseUnread(context, null, new Problem("sender.unknown", 401));
    }

    private async Task RefuseUnread(HttpContext context, Sender? sender, Problem problem)
    {
        await refusals.Keep(context, sender?.ConnectionId, problem.Status, problem.Code, context.RequestAborted);
        await Outcomes.Send(context, problem);
    }

    /// <summary>{"challenge":"…"} and nothing else: the proof that a webhook's address is ours.</summary>
    private static string? Challenge(ReadOnlyMemory<byte> body)
    {
        if (body.Length > LongestChallenge)
            return null;
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.EnumerateObject().Count() == 1
                && json.RootElement.TryGetProperty("challenge", out var challenge)
                && challenge.ValueKind == JsonValueKind.String
                ? challenge.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or text that is not Unicode: no challenge.
            return null;
        }
    }

    private static Task Echo(HttpContext context, string challenge) =>
        context.Response.WriteAsJsonAsync(
            new Dictionary<string, string> { ["challenge"] = challenge },
            context.RequestAborted
        );

    private static bool IsFhirJson(HttpRequest request) =>
        request.Headers.ContentEncoding is [] or ["identity"]
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Value?.ToLowerInvariant() is "application/fhir+json" or "application/json" or "text/json"
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body, or null when it is larger than a message may be.</summary>
    private static async Task<byte[]?> Read(HttpContext context)
    {
        // We count ourselves: the server's own bound would cut the connection before the sender has read the answer.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        return context.Request.ContentLength > LargestMessage
            ? null
            : await ReadUpTo(
                context.Request.Body,
                LargestMessage,
                context.RequestAborted,
                context.Request.ContentLength
            );
    }

    private static async Task<byte[]?> ReadUpTo(Stream body, long most, CancellationToken stop, long? length = null)
    {
        // What a header promises is not trusted beyond a megabyte.
        using var buffer = new MemoryStream((int)Math.Min(length ?? 0, 1024 * 1024));
        var chunk = new byte[Math.Min(64 * 1024, most + 1)];
        int read;
        while ((read = await body.ReadAsync(chunk, stop)) > 0)
        {
            if (buffer.Length + read > most)
                return null;
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }
}
