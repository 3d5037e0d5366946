using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class ReferralTests(Screens screens)
{
    [Fact]
    public async Task The_page_shows_everything_that_was_sent()
    {
        Arrived referral = await screens.Referrer.Send("three-practitioner-roles");
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);

        string text = await visit.Page.Locator("main").InnerTextAsync();
        foreach (
            string part in new[]
            {
                $"{referral.Family.ToUpperInvariant()}, Noor",
                "17 Jun 2001",
                "9555 000 121",
                "Ontario",
                "70331",
                "705-555-0177",
                "patient@mail.example",
                "12 Rue du Lac",
                "Sudbury ON P3A 1B2",
                "Palpitations for three weeks, worse on stairs.",
                "394579002",
                "What is the main concern?",
                "3 weeks",
                "Français",
                "demo_cardiology_form",
                "Noor Haddad-Demo Clinic-2026-02-03.pdf",
                "WHITEBEAR, Sasha",
                "024412",
                "MARCHETTI, Jo",
                "Administrative healthcare staff",
                referral.Reference,
                "3 Feb 2026, 14:05",
                "Received",
            }
        )
        {
            text.Replace('\u00A0', ' ').ShouldContain(part);
        }
    }

    [Fact]
    public async Task What_is_missing_and_who_may_not_be_written_to_is_seen_at_once()
    {
        Arrived referral = await screens.Referrer.Send(
            "three-practitioner-roles",
            first =>
            {
                JsonObject patient = first("Patient").AsObject();
                patient.Remove("birthDate");
                patient["extension"] = JsonNode.Parse("""[{"url": "urn:x/email-consent", "valueBoolean": false}]""");
                first("ServiceRequest")["contained"] = JsonNode.Parse(
                    """
                    [{"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "Penicillin"},
                      "criticality": "high", "reaction": [{"manifestation": [{"text": "Anaphylaxis"}]}]},
                     {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "Potassium"},
                      "valueQuantity": {"value": 6.1, "unit": "mmol/L"}, "interpretation": [{"coding": [{"code": "H"}]}]}]
                    """
                );
            }
        );
        await using Visit visit = await screens.Coordinator(language: "fr-CA", width: 320);
        await visit.Referral(referral);

        ILocator missing = visit.Page.GetByRole(AriaRole.Region, new() { Name = "À faire" });
        await Expect(missing).ToContainTextAsync("date de naissance");
        await Expect(missing).ToContainTextAsync("ECG des 183 derniers jours n’est pas joint.");
        ILocator page = visit.Page.Locator("main");
        await Expect(page).ToContainTextAsync("Ne consent pas à recevoir des courriels");
        (await page.Locator("a[href='mailto:patient@mail.example']").CountAsync()).ShouldBe(0);
        await Expect(page.Locator(".supporting > li").First).ToContainTextAsync("Risque élevé");
        await Expect(page.Locator(".measured.abnormal")).ToContainTextAsync("6.1 mmol/L · élevé");
        await Expect(page).ToContainTextAsync("Demandé et autorisé par");
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(320);
        visit.Complaints.ShouldBeEmpty();

        // Of a referral that is done with nothing is left to ask for.
        await visit.Page.Locator("#decline > summary").ClickAsync();
        await visit.Page.Locator("#reason").FillAsync("Hors de notre territoire.");
        await visit.Page.Locator("#decline form button").ClickAsync();
        await Expect(visit.Page.Locator(".notice.good")).ToBeVisibleAsync();
        await Expect(missing).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Questions_that_the_form_hides_are_there_but_apart()
    {
        Arrived referral = await screens.Referrer.Send("three-practitioner-roles");
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);

        await Expect(visit.Page.GetByText("Clinic use")).ToBeHiddenAsync();
        await visit.Page.GetByText("1 question that the form does not show").ClickAsync();
        await Expect(visit.Page.GetByText("Clinic use")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Markup_in_what_a_source_sends_is_shown_as_text_and_never_runs()
    {
        const string Hostile = "<img src=/x onerror=alert(1)><script>document.title='taken'</script>plain end";
        Arrived referral = await screens.Referrer.Send(change: first =>
        {
            JsonNode request = first("ServiceRequest");
            request["note"]![0]!["text"] = Hostile;
            request["reasonCode"]![0]!["text"] = Hostile;
            first("Patient")["name"]![0]!["given"]![0] = "<b>Bold</b>";
        });
        await using Visit visit = await screens.Coordinator();
        await visit.Worklist("new");
        await Expect(visit.Row(referral)).ToContainTextAsync("<b>Bold</b>");
        await visit.Referral(referral);

        await Expect(visit.Page.Locator(".reason")).ToContainTextAsync("plain end");
        await Expect(visit.Page.Locator("blockquote.note")).ToContainTextAsync("plain end");
        (await visit.Page.Locator("main img, main script").CountAsync()).ShouldBe(0);
        (await visit.Page.TitleAsync()).ShouldNotBe("taken");
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_in_another_script_and_a_very_long_one_are_shown_whole()
    {
        const string Long = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft";
        Arrived referral = await screens.Referrer.Send(change: first =>
            first("Patient")["name"]![0]!["given"] = new JsonArray("عبد الرحمن", "小明", Long)
        );
        await using Visit visit = await screens.Coordinator(width: 320);
        await visit.Referral(referral);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync($"{referral.Family.ToUpperInvariant()}, عبد الرحمن 小明 {Long}");
        (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(320);
    }

    [Fact]
    public async Task A_referral_without_name_form_or_reason_still_has_a_page()
    {
        Arrived referral = await screens.Referrer.Send(change: first =>
        {
            JsonObject patient = first("Patient").AsObject();
            foreach (string part in new[] { "name", "birthDate", "telecom", "address", "identifier", "gender" })
                patient.Remove(part);
            JsonObject request = first("ServiceRequest").AsObject();
            foreach (string part in new[] { "note", "reasonCode", "category", "priority", "supportingInfo" })
                request.Remove(part);
        });
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);

        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Name not given");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("No reason was given.");
        await Expect(visit.Page.Locator(".referral-head")).ToContainTextAsync("No priority");
    }

    [Fact]
    public async Task A_referral_that_does_not_exist_is_not_found_in_words()
    {
        await using Visit visit = await screens.Coordinator();
        IResponse? answer = await visit.Page.GotoAsync("/referrals/0190c0de-0000-7000-8000-000000000000");
        answer!.Status.ShouldBe(404);
        await Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Not found");
    }

    [Fact]
    public async Task On_paper_the_referral_stands_alone_and_unfolded()
    {
        Arrived referral = await screens.Referrer.Send("three-practitioner-roles");
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        await Expect(visit.Page.Locator(".nav")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator(".top")).ToBeHiddenAsync();
        await Expect(visit.Page.Locator("#accept")).ToBeHiddenAsync();
        await Expect(visit.Page.GetByText("Clinic use")).ToBeVisibleAsync();
    }
}
