using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class LanguageAndThemeTests(Screens screens)
{
    [Fact]
    public async Task The_language_switch_keeps_the_place_and_is_remembered_with_the_person()
    {
        Arrived referral = await screens.Referrer.Send("form");
        await using (Visit visit = await screens.Visit())
        {
            await visit.SignIn("privacy@demo.example");
            await visit.Referral(referral, "all");
            await visit.Page.GetByTitle("Afficher en français").ClickAsync();
            await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "fr-CA");
            visit.Page.Url.ShouldContain($"{referral.Path}?list=all");
            await Expect(visit.Page.Locator("main")).ToContainTextAsync("Motif de l’aiguillage");
            await Expect(visit.Page.Locator("main")).ToContainTextAsync("févr.");
        }

        // Another computer, another browser language: the person's own language counts.
        await using Visit later = await screens.Visit();
        await later.SignIn("privacy@demo.example");
        await Expect(later.Page.Locator("html")).ToHaveAttributeAsync("lang", "fr-CA");
    }

    [Fact]
    public async Task Before_anything_is_chosen_the_browser_s_language_is_taken()
    {
        await using Visit french = await screens.Visit("fr-CA");
        await french.Page.GotoAsync("/sign-in");
        await Expect(french.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Ouvrir une session");
        await using Visit other = await screens.Visit("de-DE");
        await other.Page.GotoAsync("/sign-in");
        await Expect(other.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in");
    }

    [Fact]
    public async Task The_theme_follows_the_system_until_one_is_chosen()
    {
        await using Visit visit = await screens.Visit(theme: ColorScheme.Dark);
        await visit.Page.GotoAsync("/sign-in");
        (await Lightness(visit)).ShouldBeLessThan(60);

        await visit.Page.Locator("[popovertarget=theme-menu]").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Light" }).ClickAsync();
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        (await Lightness(visit)).ShouldBeGreaterThan(200);

        await visit.Page.Locator("[popovertarget=theme-menu]").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "As the system" }).ClickAsync();
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "auto");
        (await Lightness(visit)).ShouldBeLessThan(60);
    }

    /// <summary>The red of the page's background, 0 to 255.</summary>
    private static Task<int> Lightness(Visit visit) =>
        visit.Page.EvaluateAsync<int>("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
}
