using Microsoft.Playwright;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

/// <summary>An administrator looks after the credentials of connections, without scripts too.</summary>
public sealed class ConnectionsTests(Screens screens)
{
    [Theory]
    [InlineData("en-CA", ColorScheme.Light, 1400, true)]
    [InlineData("fr-CA", ColorScheme.Dark, 320, false)]
    public async Task An_administrator_makes_a_key_unlocks_and_is_asked_before_the_last_one_is_revoked(
        string language,
        ColorScheme theme,
        int width,
        bool script
    )
    {
        await using RunningApp app = await RunningApp.Start(new Dictionary<string, string>());
        await app.Database.Execute(
            "update directory.credential set failures = 10, locked_until = now() + interval '5 minutes' where client_id = 'demo-source-v10'"
        );
        await using Visit visit = await screens.Visit(language, theme, width, script, app);
        await visit.SignIn("admin@demo.example");
        List<string> found = [];
        IPage page = visit.Page;
        ILocator first = page.Locator(".connections > section").First;

        await page.GotoAsync("/set-up/connections");
        await Look("as it comes");
        await first.Locator("[name=kind][value=api-key]").ClickAsync();
        string key = await page.Locator(".made code").InnerTextAsync();
        key.ShouldStartWith("rms_");
        await Expect(first.Locator(".credentials > li")).ToHaveCountAsync(3);
        await Look("a new key");

        await page.GotoAsync("/set-up/connections");
        (await page.ContentAsync()).ShouldNotContain(key);
        await first.Locator("form[action*=Unlock] button").ClickAsync();
        await Expect(page.Locator(".notice.good")).ToBeVisibleAsync();
        for (int left = 3; left > 1; left--)
        {
            await first.Locator("form[action*=Revoke] button[name=credential]").First.ClickAsync();
            await Expect(first.Locator(".credentials > li")).ToHaveCountAsync(left - 1);
        }
        await first.Locator("form[action*=Revoke] button[name=credential]").ClickAsync();
        await Expect(page.Locator("#last")).ToBeVisibleAsync();
        await Look("the last");
        await page.Locator("#last .danger").ClickAsync();
        await Expect(first.Locator(".credentials > li")).ToHaveCountAsync(0);
        await first.Locator("details summary").ClickAsync();
        await Look("none");

        found.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();

        async Task Look(string what)
        {
            // Axe needs scripts.
            if (script)
                await AccessibilityTests.Look(visit, what, found);
            if (Environment.GetEnvironmentVariable("SHOTS") is { } folder)
                await page.ScreenshotAsync(new() { Path = $"{folder}/{width}-{what}.png", FullPage = true });
        }
    }

    [Theory]
    [InlineData("fr-CA", ColorScheme.Dark, 1400)]
    [InlineData("en-CA", ColorScheme.Light, 320)]
    public async Task The_connections_have_no_fault_that_axe_finds_and_do_not_scroll_sideways(
        string language,
        ColorScheme theme,
        int width
    )
    {
        await using Visit visit = await screens.Visit(language, theme, width);
        await visit.SignIn("admin@demo.example");
        List<string> found = [];

        await visit.Page.GotoAsync("/set-up/connections");
        await Expect(visit.Page.Locator(".connections > section")).ToHaveCountAsync(2);
        await AccessibilityTests.Look(visit, "connections", found);

        found.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();
    }
}
