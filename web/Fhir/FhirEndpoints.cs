using Rms.Core;

namespace Rms.Web.Fhir;

/// <summary>What other systems talk to.</summary>
internal static class FhirEndpoints
{
    private static readonly string[] Others = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public static IServiceCollection AddFhir(this IServiceCollection services) =>
        services
            .AddScoped<ProcessMessage>()
            .AddScoped<TokenEndpoint>()
            .AddSingleton<Doors>()
            .AddSingleton<Pace>()
            .AddSingleton<Refusals>()
            .AddHostedService(provider => provider.GetRequiredService<Refusals>());

    /// <summary>
    /// Both spellings of the operation are taken (guide: $process-message; Ocean: $process-messages), with the dollar
    /// sign plain or escaped: routing unescapes it.
    /// </summary>
    public static void MapFhir(this WebApplication app)
    {
        foreach (var operation in (string[])["/fhir/$process-message", "/fhir/$process-messages"])
        {
            app.MapPost(operation, (HttpContext context, ProcessMessage endpoint) => endpoint.Run(context));
            app.MapMethods(operation, Others, (HttpContext context) => Refuse(context, "POST"));
        }
        app.MapPost("/oauth2/token", (HttpContext context, TokenEndpoint endpoint) => endpoint.Issue(context));
        app.MapPost("/oauth2/revoke", (HttpContext context, TokenEndpoint endpoint) => endpoint.Revoke(context));
        foreach (var address in (string[])["/oauth2/token", "/oauth2/revoke"])
            app.MapMethods(address, Others, (HttpContext context) => Refuse(context, "POST"));
        app.MapGet("/fhir/metadata", Metadata.Get);
        app.Map("/fhir/{**rest}", (HttpContext context) => Outcomes.Send(context, new Problem("not-found", 404)));
    }

    private static Task Refuse(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return Outcomes.Send(context, new Problem("method", 405));
    }
}
