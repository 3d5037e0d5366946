using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rms.Fhir;
using Rms.Fhir.Model;
using Shouldly;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>
/// A system that sends and hears of referrals, on a real port: gives out tokens, keeps what it gets, and answers as it
/// is told.
/// </summary>
public sealed class Source : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpResponse, Task>> _answers = [];
    private int _tokens;

    private Source(WebApplication app) => _app = app;

    /// <summary>The message endpoint, for RMS_DEMO_SOURCE_URL.</summary>
    public string Endpoint => _app.Urls.First() + "/fhir/$process-messages";

    /// <summary>Every message that arrived, also those that were answered with a fault.</summary>
    public ConcurrentQueue<Received> Got { get; } = [];

    /// <summary>Its address, without a path.</summary>
    public string Root => _app.Urls.First();

    /// <summary>The documents that it has, by path, and how it answers for each; others are not found.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Documents { get; } = [];

    /// <summary>Every document that was asked for, with the token that was shown.</summary>
    public ConcurrentQueue<(string Path, string Authorization)> AskedFor { get; } = [];

    /// <summary>How many tokens were asked for.</summary>
    public int TokensAskedFor => _tokens;

    /// <summary>Refuses tokens from now on.</summary>
    public bool RefusesTokens { get; set; }

    public static async Task<Source> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        var source = new Source(builder.Build());
        source._app.MapPost("/oauth2/token", source.GiveToken);
        source._app.MapPost("/fhir/$process-messages", source.Receive);
        source._app.MapGet("/{**path}", source.GiveDocument);
        await source._app.StartAsync();
        return source;
    }

    /// <summary>The next messages are answered so, one each.</summary>
    public void Answer(params (int Status, string Body)[] answers)
    {
        foreach (var (status, body) in answers)
        {
            _answers.Enqueue(response =>
            {
                response.StatusCode = status;
                response.ContentType = "application/fhir+json";
                return response.WriteAsync(body);
            });
        }
    }

    /// <summary>Waits until so many messages about a referral have arrived, and gives them in order.</summary>
    public async Task<IReadOnlyList<Received>> Wait(string reference, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var about = Got.Where(g => g.Reference == reference).ToList();
            if (about.Count >= count)
                return about;
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Waits until a message about a referral has arrived that is meant, and gives it.</summary>
    public async Task<Received> Wait(string reference, Func<Received, bool> meant)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (Got.FirstOrDefault(g => g.Reference == reference && meant(g)) is { } got)
                return got;
            await Task.Delay(20, patience.Token);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task GiveToken(HttpContext context)
    {
        var number = Interlocked.Increment(ref _tokens);
        if (RefusesTokens)
            context.Response.StatusCode = 401;
        else
            await context.Response.WriteAsJsonAsync(new { access_token = "token-" + number, expires_in = 3600 });
    }

    private async Task GiveDocument(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        AskedFor.Enqueue((path, context.Request.Headers.Authorization.ToString()));
        if (Documents.TryGetValue(path, out var give))
            await give(context);
        else
            context.Response.StatusCode = 404;
    }

    private async Task Receive(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Got.Enqueue(new Received(body.ToArray(), context.Request.Headers.Authorization.ToString()));
        if (_answers.TryDequeue(out var answer))
            await answer(context.Response);
    }

    /// <summary>A message as it arrived; read in the strict manner.</summary>
    public sealed record Received(byte[] Body, string Authorization)
    {
        public Bundle Bundle { get; } = Read(Body);

        public MessageHeader Header => (MessageHeader)Bundle.Entry[0].Resource!;

        public string? Event => (Header.Event as Coding)?.Code;

        public FhirTask Task => Bundle.Entry.Select(e => e.Resource).OfType<FhirTask>().Single();

        public string? Reference =>
            (Header.Extension.First(e => e.Url!.EndsWith("ext-id-message-header")).Value as FhirString)?.Value;

        private static Bundle Read(byte[] body)
        {
            var read = FhirReader.Read<Bundle>(body, ReadOptions.Strict);
            read.Issues.ShouldBeEmpty();
            return read.Resource!;
        }
    }
}
