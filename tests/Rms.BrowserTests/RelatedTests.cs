using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

/// <summary>A coordinator sees what may be a duplicate, and says what it is; without scripts too.</summary>
public sealed class RelatedTests(Screens screens)
{
    [Theory]
    [InlineData("en-CA", ColorScheme.Light, 1400, true, "4500000011")]
    [InlineData("fr-CA", ColorScheme.Dark, 320, false, "4500000022")]
    public async Task A_possible_duplicate_shows_why_and_what_is_said_of_it_shows_on_both(
        string language,
        ColorScheme theme,
        int width,
        bool script,
        string number
    )
    {
        Arrived first = await screens.Referrer.Send(change: OfPatient);
        Arrived second = await screens.Referrer.Send(change: OfPatient);
        await using Visit visit = await screens.Coordinator(language, theme, width, script);
        List<string> found = [];
        IPage page = visit.Page;
        ILocator panel = page.Locator("#related");

        await visit.Referral(first);
        await Expect(panel.Locator("li a")).ToHaveAttributeAsync("href", second.Path);
        await Look("duplicate");
        await panel.Locator("[value=same]").ClickAsync();
        await Expect(panel.Locator("[name=verdict]")).ToHaveCountAsync(0);
        await visit.Referral(second);
        await Expect(panel.Locator("li a")).ToHaveAttributeAsync("href", first.Path);
        await Expect(panel).ToContainTextAsync("Mira Okafor");
        await Look("said");
        await panel.Locator("form button").ClickAsync();
        await panel.Locator("[value=different]").ClickAsync();
        await Expect(panel.Locator("details a")).ToBeHiddenAsync();
        await panel.Locator("details summary").ClickAsync();
        await Expect(panel.Locator("details a")).ToHaveAttributeAsync("href", first.Path);
        await Look("different");

        found.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();

        void OfPatient(Func<string, JsonNode> resource)
        {
            // The names of the other tests' patients are alike.
            resource("Patient")["birthDate"] = $"19{number[^2..]}-06-07";
            resource("Patient")["identifier"]!
                .AsArray()
                .Single(id => (string?)id!["type"]?["coding"]?[0]?["code"] == "JHN")!["value"] = number;
        }

        async Task Look(string what)
        {
            // Axe needs scripts.
            if (script)
                await AccessibilityTests.Look(visit, what, found);
            if (Environment.GetEnvironmentVariable("SHOTS") is { } folder)
                await page.ScreenshotAsync(new() { Path = $"{folder}/{width}-{what}.png", FullPage = width < 400 });
        }
    }
}
