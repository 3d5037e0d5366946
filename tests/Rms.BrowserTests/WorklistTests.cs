using Microsoft.Playwright;
using Rms.IntegrationTests.Fixtures;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class WorklistTests(Screens screens)
{
    [Fact]
    public async Task The_front_page_is_the_worklist_of_what_is_new()
    {
        await using Visit visit = await screens.Coordinator();
        await visit.Page.GotoAsync("/");
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("New");
        await Expect(visit.Page.Locator(".nav [aria-current=page]")).ToContainTextAsync("New");
    }

    [Fact]
    public async Task A_row_says_who_for_what_how_urgent_from_whom_since_when_and_how_it_stands()
    {
        Arrived referral = await screens.Referrer.Send("form");
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");

        ILocator row = visit.Row(referral);
        await Expect(row.Locator(".c-patient")).ToContainTextAsync($"{referral.Family.ToUpperInvariant()}, Amélie");
        await Expect(row.Locator(".c-patient")).ToContainTextAsync("y, F");
        await Expect(row.Locator(".c-listing")).ToHaveTextAsync("Cardiology");
        await Expect(row.Locator(".c-priority")).ToContainTextAsync("Urgent");
        await Expect(row.Locator(".c-from")).ToContainTextAsync("WHITEBEAR, Sasha");
        await Expect(row.Locator(".c-from")).ToContainTextAsync("Demo source");
        await Expect(row.Locator(".c-age")).ToContainTextAsync("min");
        await Expect(row.Locator(".c-state")).ToContainTextAsync("New");
    }

    [Fact]
    public async Task Anywhere_on_the_row_opens_the_referral()
    {
        Arrived referral = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");
        // The row's link covers the row: a click on the last cell falls on it.
        LocatorBoundingBoxResult last = (await visit.Row(referral).Locator(".c-state").BoundingBoxAsync())!;
        await visit.Page.Mouse.ClickAsync(last.X + last.Width - 2, last.Y + last.Height - 2);
        await visit.Arrive($"**{referral.Path}**");
    }

    [Fact]
    public async Task A_referral_that_arrives_appears_by_itself_and_is_announced_and_the_focus_stays()
    {
        Arrived first = await screens.Referrer.Send();
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");
        await Expect(visit.Page.Locator("[data-live-state=on]")).ToBeVisibleAsync();
        await visit.Row(first).Locator(".row-link").FocusAsync();

        Arrived second = await screens.Referrer.Send();

        await Expect(visit.Row(second)).ToBeVisibleAsync();
        await Expect(visit.Row(first).Locator(".row-link")).ToBeFocusedAsync();
        await Expect(visit.Page.Locator("[data-announce]")).ToContainTextAsync("in this list");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_that_lost_the_app_say_so_and_catch_up_when_it_is_back()
    {
        await using RunningApp app = await RunningApp.Start(new Dictionary<string, string>());
        await using Visit visit = await screens.Coordinator(app: app);
        await visit.Worklist("new");
        await Expect(visit.Page.Locator("[data-live-state=on]")).ToBeVisibleAsync();

        await app.Restart();

        Arrived referral = await new Referrer(app).Send();
        await Expect(visit.Row(referral)).ToBeVisibleAsync();
        await Expect(visit.Page.Locator("[data-live-state=on]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_self_referral_is_marked_and_stands_among_the_held_until_somebody_decides()
    {
        Arrived referral = await screens.Referrer.Send("self-referral");
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("held");
        await Expect(visit.Row(referral)).ToContainTextAsync("Self-referral");
        await Expect(visit.Row(referral)).ToContainTextAsync("Held");
        await Expect(visit.Row(referral).Locator(".c-from")).ToContainTextAsync("The patient");

        await visit.Referral(referral, "held");
        await Expect(visit.Page.Locator(".notice.hold")).ToContainTextAsync("Held until it is approved");
    }

    [Fact]
    public async Task A_test_referral_is_unmistakable_in_its_row_and_on_its_page()
    {
        Arrived referral = await screens.Referrer.Send("htest");
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");
        await Expect(visit.Row(referral)).ToHaveCountAsync(0);
        await visit.Worklist("test");
        await Expect(visit.Row(referral).Locator(".mark.test")).ToHaveTextAsync("TEST");

        await visit.Referral(referral, "test");
        ILocator band = visit.Page.Locator(".test-band");
        await Expect(band).ToContainTextAsync("TEST REFERRAL");
        (await visit.Page.TitleAsync()).ShouldStartWith("TEST");
        (await band.BoundingBoxAsync())!.Width.ShouldBe(1400);
        await visit.Page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Expect(band).ToBeInViewportAsync();
    }

    [Fact]
    public async Task An_empty_worklist_says_what_that_means()
    {
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("booked");
        await Expect(visit.Page.Locator(".empty")).ToContainTextAsync("No booking is waiting to be confirmed.");
    }

    [Fact]
    public async Task A_worklist_that_does_not_exist_is_not_found_in_words()
    {
        await using Visit visit = await screens.Coordinator();
        IResponse? answer = await visit.Page.GotoAsync("/worklists/nonsense");
        answer!.Status.ShouldBe(404);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Not found");
        (await answer.HeaderValueAsync("content-security-policy")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_long_list_comes_a_page_at_a_time()
    {
        await using RunningApp app = await RunningApp.Start(new Dictionary<string, string>());
        Referrer referrer = new(app);
        Arrived oldest = await referrer.Send();
        for (int i = 0; i < 100; i++)
            await referrer.Send();

        await using Visit visit = await screens.Coordinator(app: app);
        await visit.Worklist("new");
        await Expect(visit.Page.Locator(".rowcount")).ToHaveTextAsync("100 of 101 referrals");
        await Expect(visit.Row(oldest)).ToHaveCountAsync(0);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(visit.Row(oldest)).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".row")).ToHaveCountAsync(1);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "First page" }).ClickAsync();
        await Expect(visit.Page.Locator(".row")).ToHaveCountAsync(100);
    }
}
