using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Rms.UnitTests.Simulator;

/// <summary>A target as small as can be: gives out tokens, records messages, answers what it is told to.</summary>
internal sealed class FakeTarget : IAsyncDisposable
{
    private readonly WebApplication app;
    private int tokens;

    private FakeTarget(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();
    public ConcurrentQueue<(string Token, byte[] Body)> Messages { get; } = new();
    public ConcurrentQueue<string> TokenRequests { get; } = new();

    /// <summary>Statuses to answer with before 200.</summary>
    public ConcurrentQueue<int> Statuses { get; } = new();
    public bool RefusesCredentials { get; set; }

    public static async Task<FakeTarget> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var target = new FakeTarget(app);
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/oauth2/token", target.Token);
        app.MapPost("/fhir/$process-message", target.Message);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Token(HttpRequest request)
    {
        var basic = request.Headers.Authorization.ToString()["Basic ".Length..];
        TokenRequests.Enqueue(Encoding.UTF8.GetString(Convert.FromBase64String(basic)));
        return RefusesCredentials
            ? Results.Json(new { error = "invalid_client" }, statusCode: 401)
            : Results.Json(
                new
                {
                    access_token = $"token-{Interlocked.Increment(ref tokens)}",
                    token_type = "Bearer",
                    expires_in = 600,
                }
            );
    }

    private async Task<IResult> Message(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        Messages.Enqueue((request.Headers.Authorization.ToString(), body.ToArray()));
        return Results.Text(
            """{"resourceType":"OperationOutcome"}""",
            "application/fhir+json",
            Encoding.UTF8,
            Statuses.TryDequeue(out var status) ? status : 200
        );
    }
}
