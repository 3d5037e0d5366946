using System.Net.Http.Headers;
using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;
using Rms.Core;
using Rms.Core.Messages;
using Rms.Directories;
using Rms.Intake;
using MediaTypeHeaderValue = Microsoft.Net.Http.Headers.MediaTypeHeaderValue;

namespace Rms.Web.Fhir;

/// <summary>
/// POST /fhir/$process-message: who sends is settled first, then how much and of what type, then Intake takes the
/// message in. Without a token only a webhook challenge is answered.
/// </summary>
internal sealed class ProcessMessage(IMediator mediator, Inbox inbox, Actor actor, Doors doors)
{
    private const long LargestMessage = ReceiveMessage.Largest;
    private const int LongestChallenge = 4096;

    // Large messages take several times their size while they are worked on: a few at a time.
    private const long Large = 4 * 1024 * 1024;
    private static readonly SemaphoreSlim LargeOnes = new(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task Run(HttpContext context)
    {
        var sender = await Sender(context);
        if (sender is null)
        {
            await AnswerStranger(context);
            return;
        }
        actor.BecomeConnection(sender.ConnectionId);
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

    private async Task<Sender?> Sender(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header)
        && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
        && header.Parameter is { Length: > 0 and < 512 } token
            ? await mediator.Send(new WhoseToken(new Secret(token)), context.RequestAborted)
            : null;

    /// <summary>A challenge is answered; anything else is told how to show itself. Of the body no more is read than a challenge has.</summary>
    private async Task AnswerStranger(HttpContext context)
    {
        if (!doors.Open(context))
        {
            await Outcomes.Send(context, new Problem("too-many", 429));
            return;
        }
        if (
            context.Request.Headers.Authorization.Count == 0
            && context.Request.ContentLength is null or <= LongestChallenge
            && IsFhirJson(context.Request)
            && await ReadUpTo(context.Request.Body, LongestChallenge, context.RequestAborted) is { } body
            && Challenge(body) is { } challenge
        )
        {
            await Echo(context, challenge);
            return;
        }
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rms\"";
        await RefuseUnread(context, null, new Problem("sender.unknown", 401));
    }

    private async Task RefuseUnread(HttpContext context, Sender? sender, Problem problem)
    {
        await inbox.RefuseUnread(
            sender?.ConnectionId,
            problem.Status,
            problem.Code,
            context.Request.ContentLength ?? 0,
            context.RequestAborted
        );
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
