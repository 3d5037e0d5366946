using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class DecisionTests(Screens screens)
{
    [Fact]
    public async Task Accepting_says_what_the_source_will_show_and_moves_the_referral_on()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#accept").ClickAsync();

        await Expect(visit.Page.Locator(".notice.good")).ToContainTextAsync("will show: Pending booking");
        await Expect(visit.Page.Locator(".standing .state-accepted")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("#accept")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator(".decided")).ToContainTextAsync("Accepted by Mira Okafor");
        await Expect(visit.Page.Locator(".timeline")).ToContainTextAsync("Mira Okafor");
        await Expect(visit.Page.Locator("#told")).ToContainTextAsync("notify-update-process-request");
        await visit.Worklist("accepted");
        await Expect(visit.Row(referral)).ToBeVisibleAsync();
        await visit.Worklist("new");
        await Expect(visit.Row(referral)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task After_a_decision_the_next_referral_is_one_click_away()
    {
        Arrived other = await screens.Referrer.Send();
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#accept").ClickAsync();
        await visit.Page.Locator("[data-next]").ClickAsync();

        await Expect(visit.Page.Locator("#accept")).ToBeVisibleAsync();
        visit.Page.Url.ShouldNotContain(referral.Path);
        other.Path.ShouldNotBe(referral.Path);
    }

    [Fact]
    public async Task Declining_without_a_reason_says_so_beside_the_field()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#decline summary").ClickAsync();
        await visit.Page.Locator("#decline button").ClickAsync();

        await Expect(visit.Page.Locator("#reason-fault")).ToContainTextAsync("the requester needs a reason");
        ILocator field = visit.Page.Locator("#reason");
        await Expect(field).ToBeFocusedAsync();
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        (await field.GetAttributeAsync("aria-describedby"))!.ShouldContain("reason-fault");
        await Expect(visit.Page.Locator(".standing .state-new")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused_and_kept()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#decline summary").ClickAsync();
        string reason = new('x', 4001);
        await visit.Page.Locator("#reason").FillAsync(reason);
        await visit.Page.Locator("#decline button").ClickAsync();

        await Expect(visit.Page.Locator("#reason-fault")).ToContainTextAsync("4000");
        await Expect(visit.Page.Locator("#reason")).ToHaveValueAsync(reason);
    }

    [Fact]
    public async Task Declining_with_a_reason_keeps_it_in_the_history()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#decline summary").ClickAsync();
        await visit
            .Page.Locator("#reason")
            .FillAsync("Not our field.\n<b>Please</b> send to rheumatology — à bientôt.");
        await visit.Page.Locator("#decline button").ClickAsync();

        await Expect(visit.Page.Locator(".notice.good")).ToContainTextAsync("Declined.");
        await Expect(visit.Page.Locator(".timeline blockquote"))
            .ToContainTextAsync("<b>Please</b> send to rheumatology — à bientôt.");
        await visit.Worklist("declined");
        await Expect(visit.Row(referral)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Back_closes_the_decline_form_without_doing_anything()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator("#decline summary").ClickAsync();
        await visit.Page.Locator("[data-close-drop]").ClickAsync();

        await Expect(visit.Page.Locator("#reason")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#decline summary")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Who_decides_second_is_told_who_decided_what_and_when_and_keeps_their_text()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit slow = await screens.Coordinator();
        await slow.Referral(referral);
        await using Visit quick = await screens.Coordinator();
        await quick.Referral(referral);
        await quick.Page.Locator("#accept").ClickAsync();
        await Expect(quick.Page.Locator(".notice.good")).ToBeVisibleAsync();

        await slow.Page.Locator("#decline summary").ClickAsync();
        await slow.Page.Locator("#reason").FillAsync("Waiting list is closed.");
        await slow.Page.Locator("#decline button").ClickAsync();

        ILocator refusal = slow.Page.Locator("#refusal");
        await Expect(refusal)
            .ToContainTextAsync(
                new Regex(
                    @"Mira Okafor was first: Accepted, \d+\s\w+\s\d{4},\s\d\d:\d\d\.",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
            );
        await Expect(slow.Page.Locator("#reason")).ToHaveValueAsync("Waiting list is closed.");
        await Expect(slow.Page.Locator(".standing .state-accepted")).ToBeVisibleAsync();
        await Expect(slow.Page.Locator(".timeline")).Not.ToContainTextAsync("Declined");
    }

    [Fact]
    public async Task A_scheduler_sees_the_referral_and_has_nothing_to_decide()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Visit();
        await visit.SignIn("scheduler@demo.example");
        await visit.Referral(referral);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToContainTextAsync(referral.Family.ToUpperInvariant());
        await Expect(visit.Page.Locator("#accept")).ToHaveCountAsync(0);
        await Expect(visit.Page.Locator("#decline")).ToHaveCountAsync(0);
    }
}
