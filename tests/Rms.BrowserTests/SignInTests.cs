using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class SignInTests(Screens screens)
{
    [Fact]
    public async Task Somebody_who_is_not_signed_in_is_asked_to_and_then_sees_what_they_came_for()
    {
        await using Visit visit = await screens.Visit();
        await visit.Page.GotoAsync("/worklists/declined");
        new Uri(visit.Page.Url).AbsolutePath.ShouldBe("/sign-in");

        await visit.Page.Locator("#email").FillAsync("coordinator@demo.example");
        await visit.Page.Locator("#password").FillAsync("Demo-2026-referrals!");
        await visit.Page.Locator("form.fields button").ClickAsync();

        await visit.Arrive("**/worklists/declined");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Declined");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_words_and_the_address_stays()
    {
        await using Visit visit = await screens.Visit();
        await visit.Page.GotoAsync("/sign-in");
        await visit.Page.Locator("#email").FillAsync("admin@demo.example");
        await visit.Page.Locator("#password").FillAsync("not this one");
        await visit.Page.Locator("form.fields button").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("do not match");
        await Expect(visit.Page.Locator("#email")).ToHaveValueAsync("admin@demo.example");
        await Expect(visit.Page.Locator("#password")).ToHaveValueAsync("");
        await Expect(visit.Page.Locator("#password")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_same_words_refuse_an_address_that_does_not_exist()
    {
        await using Visit visit = await screens.Visit();
        await visit.Page.GotoAsync("/sign-in");
        await visit.Page.Locator("#email").FillAsync("nobody@demo.example");
        await visit.Page.Locator("#password").FillAsync("not this one");
        await visit.Page.Locator("form.fields button").ClickAsync();

        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("do not match");
    }

    [Fact]
    public async Task In_the_demo_every_account_signs_in_with_one_click()
    {
        foreach (string role in new[] { "Intake coordinator", "Scheduler", "Administrator", "Privacy officer" })
        {
            await using Visit visit = await screens.Visit();
            await visit.Page.GotoAsync("/sign-in");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = role }).ClickAsync();
            await visit.Arrive("**/worklists");
        }
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using Visit visit = await screens.Coordinator();
        await visit.Page.Locator(".person").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await visit.Arrive("**/sign-in");

        await visit.Worklist("new");
        new Uri(visit.Page.Url).AbsolutePath.ShouldBe("/sign-in");
    }

    [Fact]
    public async Task After_signing_in_nobody_is_sent_to_another_site()
    {
        await using Visit visit = await screens.Visit();
        await visit.Page.GotoAsync("/sign-in?returnUrl=https://elsewhere.example/");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Administrator" }).ClickAsync();

        await visit.Arrive("**/worklists");
        new Uri(visit.Page.Url).Authority.ShouldBe(screens.App.Address.Authority);
    }
}
