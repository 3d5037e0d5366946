using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

/// <summary>WCAG 2.2 AA as far as a program can tell, on every page, in both themes and both languages, wide and narrow.</summary>
public sealed class AccessibilityTests(Screens screens)
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions
        {
            Type = "tag",
            Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        },
    };

    [Theory]
    [InlineData("en-CA", ColorScheme.Light, 1400)]
    [InlineData("en-CA", ColorScheme.Dark, 320)]
    [InlineData("fr-CA", ColorScheme.Dark, 1400)]
    [InlineData("fr-CA", ColorScheme.Light, 320)]
    public async Task No_page_has_a_fault_that_axe_finds_and_none_scrolls_sideways(
        string language,
        ColorScheme theme,
        int width
    )
    {
        Arrived plain = await screens.Referrer.Send("form");
        Arrived test = await screens.Referrer.Send("htest");
        Arrived self = await screens.Referrer.Send("self-referral");
        Arrived decided = await screens.Referrer.Send();
        await using Visit visit = await screens.Visit(language, theme, width);
        List<string> found = [];

        await visit.Page.GotoAsync("/sign-in");
        await Look(visit, "sign-in", found);
        await visit.Page.Locator("#email").FillAsync("coordinator@demo.example");
        await visit.Page.Locator("#password").FillAsync("wrong");
        await visit.Page.Locator("form.fields button").ClickAsync();
        await Expect(visit.Page.Locator("#sign-in-fault")).ToBeVisibleAsync();
        await Look(visit, "sign-in, refused", found);
        await visit.SignIn("coordinator@demo.example");

        foreach (
            string address in new[]
            {
                "/worklists/new",
                "/worklists/all",
                "/worklists/booked",
                plain.Path,
                test.Path,
                self.Path,
                plain.Path + "?decline=true",
                "/worklists/nonsense",
                "/search",
                "/messages",
                "/sign-out",
            }
        )
        {
            await visit.Page.GotoAsync(address);
            await Look(visit, address, found);
        }

        await visit.Referral(decided);
        await visit.Page.Locator("#decline summary").ClickAsync();
        await visit.Page.Locator("#decline button").ClickAsync();
        await Expect(visit.Page.Locator("#reason-fault")).ToBeVisibleAsync();
        await Look(visit, "decline without a reason", found);
        await visit.Page.Locator("#reason").FillAsync("No room.");
        await visit.Page.Locator("#decline button").ClickAsync();
        await Expect(visit.Page.Locator(".notice.good")).ToBeVisibleAsync();
        await Look(visit, "declined", found);
        await visit.Page.Locator("[popovertarget=theme-menu]").ClickAsync();
        await Look(visit, "theme menu", found);
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Keyboard.PressAsync("?");
        await Look(visit, "help", found);

        found.ShouldBeEmpty();
        visit.Complaints.ShouldBeEmpty();
    }

    internal static async Task Look(Visit visit, string page, List<string> found)
    {
        AxeResult result = await visit.Page.RunAxe(Rules);
        foreach (AxeResultItem fault in result.Violations)
            found.Add($"{page}: {fault.Id} at {string.Join(", ", fault.Nodes.Select(node => node.Html))}");
        int beyond = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        if (beyond > 0)
            found.Add($"{page}: scrolls sideways by {beyond} px");
    }
}
