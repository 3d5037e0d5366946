using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Rms.Web;
using Xunit;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>
/// The real app on a real port, in this process, over a database of its own, with the demonstration set up:
/// <c>class SomeTests(RunningApp app) : IClassFixture&lt;RunningApp&gt;</c>. Other settings: derive from it, or
/// <see cref="Start(IReadOnlyDictionary{string, string})"/>. To kill an app in the middle, take <see cref="AppProcess"/>.
/// </summary>
public class RunningApp : IAsyncLifetime
{
    private readonly Dictionary<string, string?> settings;
    private readonly string data;
    private readonly bool ownsDatabase;
    private WebApplication? app;

    /// <summary>In demo mode, delivering to nobody.</summary>
    public RunningApp()
        : this(new Dictionary<string, string>()) { }

    /// <summary>With further settings, named like the environment variables (RMS_DEMO and so on).</summary>
    protected RunningApp(IReadOnlyDictionary<string, string> settings)
        : this(settings, new Database(), Directory.CreateTempSubdirectory("rms-test-").FullName) { }

    private RunningApp(
        IReadOnlyDictionary<string, string> settings,
        Database database,
        string data,
        bool ownsDatabase = true
    )
    {
        this.ownsDatabase = ownsDatabase;
        Database = database;
        this.data = data;
        this.settings = new Dictionary<string, string?>
        {
            ["RMS_PORT"] = "0",
            ["RMS_DATA"] = data,
            ["RMS_DEMO"] = "1",
            // What it logs would stand between the tests' results.
            ["Logging:LogLevel:Default"] = "None",
            // A port on which nothing listens: what is sent waits in the outbox.
            ["RMS_DEMO_SOURCE_URL"] = "http://127.0.0.1:9/fhir/$process-messages",
        };
        foreach (var (name, value) in settings)
            this.settings[name] = value;
    }

    /// <summary>The app's database.</summary>
    public Database Database { get; }

    /// <summary>Where it listens, the same after a restart.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>What the app registered. Scoped ones need a scope.</summary>
    public IServiceProvider Services => app?.Services ?? throw new InvalidOperationException("The app is not running.");

    /// <summary>A client that follows no redirect and keeps no cookie: it shows what the app really answered.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Starts one outside a fixture; dispose of it.</summary>
    public static async Task<RunningApp> Start(IReadOnlyDictionary<string, string> settings)
    {
        var running = new RunningApp(settings);
        await running.InitializeAsync();
        return running;
    }

    /// <summary>A second node over the database and keys of another, which outlives it.</summary>
    public static async Task<RunningApp> Over(RunningApp first, IReadOnlyDictionary<string, string> settings)
    {
        var second = new RunningApp(settings, first.Database, first.data, ownsDatabase: false);
        await second.StartApp();
        return second;
    }

    /// <summary>A client that keeps cookies and follows redirects, as a person's browser does.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { UseCookies = true }) { BaseAddress = Address };

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        await StartApp();
    }

    /// <summary>Stops the app in good order and starts it again on the same port and database.</summary>
    public async Task Restart()
    {
        await StopApp();
        await StartApp();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopApp();
        if (ownsDatabase)
        {
            await Database.DisposeAsync();
            Directory.Delete(data, recursive: true);
        }
        GC.SuppressFinalize(this);
    }

    private async Task StartApp()
    {
        settings["RMS_DATABASE"] = Database.ConnectionString;
        app = RmsApp.Build([], configuration => configuration.AddInMemoryCollection(settings));
        await app.StartAsync();
        Address = new UriBuilder("http", "127.0.0.1", new Uri(app.Urls.First()).Port).Uri;
        settings["RMS_PORT"] = $"{Address.Port}";
        Http.Dispose();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Address,
        };
    }

    private async Task StopApp()
    {
        if (app is not { } running)
            return;
        app = null;
        await running.StopAsync();
        await running.DisposeAsync();
    }
}
