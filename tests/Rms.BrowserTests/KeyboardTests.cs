using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class KeyboardTests(Screens screens)
{
    [Fact]
    public async Task From_signing_in_to_two_decisions_without_a_pointer()
    {
        Arrived older = await screens.Referrer.Send();
        Arrived newer = await screens.Referrer.Send();
        await using Visit visit = await screens.Visit();
        IKeyboard keys = visit.Page.Keyboard;

        await visit.Page.GotoAsync("/sign-in");
        await Expect(visit.Page.Locator("#email")).ToBeFocusedAsync();
        await keys.TypeAsync("coordinator@demo.example");
        await keys.PressAsync("Tab");
        await keys.TypeAsync("Demo-2026-referrals!");
        await keys.PressAsync("Enter");
        await visit.Arrive("**/worklists");

        await MoveTo(visit, newer);
        await keys.PressAsync("Enter");
        await visit.Arrive($"**{newer.Path}**");
        await keys.PressAsync("a");
        await Expect(visit.Page.Locator("#accept")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(visit.Page.Locator(".notice.good")).ToContainTextAsync("Accepted.");
        // The notice shows before the page's script hears keys.
        await visit.Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        await keys.PressAsync("u");
        await visit.Arrive("**/worklists/new");

        await MoveTo(visit, older);
        await keys.PressAsync("Enter");
        await visit.Arrive($"**{older.Path}**");
        await keys.PressAsync("d");
        await Expect(visit.Page.Locator("#reason")).ToBeFocusedAsync();
        // Letters that are shortcuts elsewhere are letters here.
        await keys.TypeAsync("a d j k u n ?");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Enter");
        await Expect(visit.Page.Locator(".notice.good")).ToContainTextAsync("Declined.");
        await Expect(visit.Page.Locator(".timeline blockquote")).ToHaveTextAsync("a d j k u n ?");
    }

    [Fact]
    public async Task The_help_opens_with_a_question_mark_and_switches_single_keys_off()
    {
        await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");
        IKeyboard keys = visit.Page.Keyboard;
        await keys.PressAsync("?");
        ILocator help = visit.Page.GetByRole(AriaRole.Dialog);
        await Expect(help).ToBeVisibleAsync();
        await help.Locator("[data-single-keys]").UncheckAsync();
        await keys.PressAsync("Escape");
        await Expect(help).ToBeHiddenAsync();

        await keys.PressAsync("j");
        (await visit.Page.EvaluateAsync<bool>("document.activeElement.matches('.row-link')")).ShouldBeFalse();
        await keys.PressAsync("?");
        await Expect(help).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Escape_closes_the_decline_form_and_the_focus_returns()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Keyboard.PressAsync("d");
        await Expect(visit.Page.Locator("#reason")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        await Expect(visit.Page.Locator("#reason")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#decline summary")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_slash_goes_to_the_search_and_what_is_typed_never_stands_in_the_address()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("booked");
        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.TypeAsync(referral.Reference);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Arrive("**/search");
        await Expect(visit.Page.Locator(".row")).ToHaveCountAsync(1);
        await Expect(visit.Row(referral)).ToBeVisibleAsync();

        await visit.Page.Keyboard.PressAsync("j");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Arrive($"**{referral.Path}**");
        await visit.Page.Keyboard.PressAsync("u");
        await visit.Arrive("**/search");
        await Expect(visit.Row(referral)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_first_tab_stop_skips_to_the_content()
    {
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("booked");
        await visit.Page.Keyboard.PressAsync("Tab");
        ILocator skip = visit.Page.Locator(".skip");
        await Expect(skip).ToBeFocusedAsync();
        await Expect(skip).ToBeInViewportAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("main")).ToBeFocusedAsync();
    }

    /// <summary>Presses j until the referral's row has the focus; other tests' referrals may stand above it.</summary>
    private static async Task MoveTo(Visit visit, Arrived referral)
    {
        ILocator link = visit.Row(referral).Locator(".row-link");
        await Expect(link).ToBeVisibleAsync();
        for (int i = 0; i < 100; i++)
        {
            await visit.Page.Keyboard.PressAsync("j");
            if (await link.EvaluateAsync<bool>("link => link === document.activeElement"))
                return;
        }

        Assert.Fail("j never came to the row.");
    }
}
