using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

/// <summary>Everything works where no script runs.</summary>
public sealed class NoScriptTests(Screens screens)
{
    [Fact]
    public async Task A_day_s_work_on_a_small_screen_without_scripts()
    {
        Arrived accepted = await screens.Referrer.Send("form");
        Arrived declined = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator(width: 320, script: false);
        IPage page = visit.Page;

        await page.Locator("[popovertarget=nav]").ClickAsync();
        await page.Locator(".nav").GetByRole(AriaRole.Link, new() { Name = "All" }).ClickAsync();
        await visit.Arrive("**/worklists/all");
        await visit.Row(accepted).Locator(".row-link").ClickAsync();
        await page.Locator("#accept").ClickAsync();
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("Accepted.");

        await page.Locator(".back a").ClickAsync();
        await visit.Row(declined).Locator(".row-link").ClickAsync();
        await page.Locator("#decline summary").ClickAsync();
        await page.Locator("#decline button").ClickAsync();
        await Expect(page.Locator("#reason-fault")).ToBeVisibleAsync();
        await page.Locator("#reason").FillAsync("No room.");
        await page.Locator("#decline button").ClickAsync();
        await Expect(page.Locator(".notice.good")).ToContainTextAsync("Declined.");

        await page.GetByRole(AriaRole.Link, new() { Name = "Find a referral" }).ClickAsync();
        await page.Locator("#find").FillAsync("nobody of that name");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(page.Locator(".empty")).ToContainTextAsync("Nothing found.");
        await page.Locator("#find").FillAsync("9876 543 217");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(visit.Row(declined)).ToBeVisibleAsync();

        await page.Locator("[popovertarget=theme-menu]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Locator(".person").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await visit.Arrive("**/sign-in");
    }

    [Fact]
    public async Task Without_scripts_a_list_says_how_old_it_is_and_offers_to_reload()
    {
        await using Visit visit = await screens.Coordinator(script: false);
        await visit.Worklist("new");
        await Expect(visit.Page.Locator("#as-of")).ToContainTextAsync("As of");
        Arrived referral = await screens.Referrer.Send();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Reload" }).ClickAsync();
        await Expect(visit.Row(referral)).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("[data-open-help]")).ToBeHiddenAsync();
    }
}
