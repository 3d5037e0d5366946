using Microsoft.Playwright;
using Rms.BrowserTests;
using Rms.IntegrationTests.Fixtures;
using Xunit;

[assembly: AssemblyFixture(typeof(Screens))]

namespace Rms.BrowserTests;

/// <summary>One running app and one browser for all tests. A test visits with a context of its own, and its own referrals.</summary>
public sealed class Screens : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The app, delivering to nobody.</summary>
    public RunningApp App { get; } = new();

    /// <summary>Sends referrals to it, as a source does.</summary>
    public Referrer Referrer => new(App);

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        await App.InitializeAsync();
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("RMS_CHROMIUM") ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                ],
            }
        );
    }

    /// <summary>Opens a window of its own: fresh cookies, the language and theme asked for.</summary>
    public async Task<Visit> Visit(
        string language = "en-CA",
        ColorScheme theme = ColorScheme.Light,
        int width = 1400,
        bool script = true,
        RunningApp? app = null
    )
    {
        IBrowserContext context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = (app ?? App).Address.ToString(),
                Locale = language,
                ColorScheme = theme,
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                JavaScriptEnabled = script,
            }
        );
        // Two cores, several tests at once: a wait ends as soon as what it waits for is there.
        context.SetDefaultTimeout(60_000);
        return new Visit(context, await context.NewPageAsync());
    }

    /// <summary>A window in which the coordinator is signed in.</summary>
    public async Task<Visit> Coordinator(
        string language = "en-CA",
        ColorScheme theme = ColorScheme.Light,
        int width = 1400,
        bool script = true,
        RunningApp? app = null
    )
    {
        Visit visit = await Visit(language, theme, width, script, app);
        await visit.SignIn("coordinator@demo.example");
        return visit;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        await App.DisposeAsync();
    }
}

/// <summary>A person's window on the app. Everything that the browser complains about is kept.</summary>
public sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    internal Visit(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        Assertions.SetDefaultExpectTimeout(60_000);
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            // A refused form or a page not found is also reported here; that is the test's business.
            if (
                message.Type == "error"
                && !message.Text.Contains("responded with a status of", StringComparison.Ordinal)
            )
                complaints.Add(message.Text);
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Script errors, and whatever the content security policy stopped.</summary>
    public IReadOnlyList<string> Complaints => complaints;

    /// <summary>Signs a demo account in with its password.</summary>
    public async Task SignIn(string email)
    {
        await Page.GotoAsync("/sign-in");
        await Page.Locator("#email").FillAsync(email);
        await Page.Locator("#password").FillAsync("Demo-2026-referrals!");
        await Page.Locator("form.fields button").ClickAsync();
        // Whatever stands there instead says what went wrong.
        await Assertions.Expect(Page.Locator("#worklist")).ToBeVisibleAsync();
    }

    /// <summary>
    /// Waits for an address (* stands for anything) and until the page listens to the keyboard: its scripts are modules,
    /// which have run when the document is read. For pictures and the like it does not wait.
    /// </summary>
    public Task Arrive(string address) =>
        Page.WaitForURLAsync(address, new PageWaitForURLOptions { WaitUntil = WaitUntilState.DOMContentLoaded });

    /// <summary>Opens a worklist.</summary>
    public Task Worklist(string name) => Page.GotoAsync("/worklists/" + name);

    /// <summary>Opens a referral's page.</summary>
    public Task Referral(Arrived referral, string list = "new") => Page.GotoAsync($"{referral.Path}?list={list}");

    /// <summary>The row of a referral in the list that is shown.</summary>
    public ILocator Row(Arrived referral) =>
        Page.Locator(".row").Filter(new LocatorFilterOptions { HasText = referral.Family.ToUpperInvariant() });

    /// <inheritdoc />
    public ValueTask DisposeAsync() => context.DisposeAsync();
}
