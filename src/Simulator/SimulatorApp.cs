using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging.Console;
using Rms.Simulator.Api;
using Rms.Simulator.Attachments;
using Rms.Simulator.Receiving;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator;

/// <summary>Puts the simulator together.</summary>
internal static class SimulatorApp
{
    /// <exception cref="StoreInUseException">Another simulator works in the same folder.</exception>
    public static WebApplication Build(Settings settings)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                // Pages are looked for in this assembly, also when tests host it.
                ApplicationName = typeof(SimulatorApp).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().AddSimpleConsole(Console);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ReceiveEndpoint.MostBytes;
            Listen(kestrel, settings);
        });
        builder.Services.AddRazorPages();
        AddSource(builder.Services, settings);
        builder.Services.AddSingleton<ReceiveEndpoint>();
        builder.Services.AddHostedService<Seeder>();

        var app = builder.Build();
        app.Use(RefuseOtherSites);
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/simulator.css", () => Results.Stream(Style(), "text/css"));
        app.MapPost("/oauth2/token", TokenEndpoint.Answer);
        foreach (
            var path in new[] { "$process-message", "$process-messages", "%24process-message", "%24process-messages" }
        )
        {
            app.MapPost($"/fhir/{path}", (HttpContext context, ReceiveEndpoint endpoint) => endpoint.Answer(context));
        }

        AttachmentEndpoints.Map(app);
        ApiEndpoints.Map(app);
        app.MapRazorPages();
        return app;
    }

    /// <summary>What the server and the command line share: the store, the desk and the way to the target.</summary>
    public static void AddSource(IServiceCollection services, Settings settings)
    {
        var store = Store.Open(settings.Folder);
        services.AddSingleton(settings);
        services.AddSingleton(_ => store);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<OntarioTime>();
        services.AddSingleton<Failures>();
        services.AddSingleton<TokenOffice>();
        services.AddSingleton(provider => new TargetClient(
            Client(settings),
            settings,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<Desk>();
    }

    private static HttpClient Client(Settings settings) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                // A proxy of the environment knows no way to this machine's own loopback.
                UseProxy = !new Uri(settings.Target).IsLoopback,
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(60),
        };

    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, Settings settings)
    {
        var address = settings.Bind == "localhost" ? IPAddress.Loopback : IPAddress.Parse(settings.Bind);
        if (IPAddress.IsLoopback(address) && settings.Port != 0)
        {
            kestrel.ListenLocalhost(settings.Port);
        }
        else
        {
            kestrel.Listen(address, settings.Port);
        }
    }

    private static void Console(SimpleConsoleFormatterOptions console)
    {
        console.SingleLine = true;
        console.TimestampFormat = "HH:mm:ss ";
        console.ColorBehavior = LoggerColorBehavior.Disabled;
    }

    /// <summary>
    /// The controls need no password, so a page of another site must not be able to press them: browsers say where a
    /// request comes from, scripts and the target do not.
    /// </summary>
    private static Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        var foreign =
            request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            || (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}");
        if (foreign && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("Requests from other sites are refused.");
        }

        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; form-action 'self'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    }

    private static Stream Style() => Assembly.GetExecutingAssembly().GetManifestResourceStream("simulator.css")!;
}
