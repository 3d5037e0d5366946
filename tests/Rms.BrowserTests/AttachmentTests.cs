using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Rms.Simulator.Attachments;
using Shouldly;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Rms.BrowserTests;

public sealed class AttachmentTests(Screens screens)
{
    private static readonly string[] Letter = ["REFERRAL LETTER", "", "Shown in the page."];

    [Fact]
    public async Task A_letter_and_a_picture_are_shown_in_the_page_when_they_are_asked_for()
    {
        Arrived referral = await screens.Referrer.Send(
            "",
            first =>
            {
                JsonNode content = first("DocumentReference")["content"]!;
                content[0]!["attachment"] = Inline("Letter.pdf", Pdf.Write("Letter", Letter));
                content
                    .AsArray()
                    .Add(new JsonObject { ["attachment"] = Inline("Heart trace.png", Png.HeartTrace(90)) });
            }
        );
        await using Visit visit = await screens.Coordinator();
        List<string> fetched = [];
        visit.Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/attachments/", StringComparison.Ordinal))
                fetched.Add(request.Url);
        };
        await visit.Referral(referral);
        ILocator files = visit.Page.Locator(".files > li");
        await Expect(files).ToHaveCountAsync(2);
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        // Who only opens the referral has not seen its documents.
        fetched.ShouldBeEmpty();

        await files.Nth(0).Locator("summary").ClickAsync();
        await files.Nth(1).Locator("summary").ClickAsync();

        await visit.Page.WaitForFunctionAsync("() => document.querySelector('.viewer img').naturalWidth === 720");
        await PdfViewer(visit.Page);
        fetched.Distinct().Count().ShouldBe(2);
        visit.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_letter_that_stands_open_stays_open_when_the_page_refreshes_itself()
    {
        Arrived referral = await screens.Referrer.Send(
            "",
            first => first("DocumentReference")["content"]![0]!["attachment"] = Inline("Heart.png", Png.HeartTrace(90))
        );
        await using Visit visit = await screens.Coordinator();
        await visit.Referral(referral);
        await visit.Page.Locator(".viewer summary").ClickAsync();
        await visit.Page.EvaluateAsync("document.querySelector('.viewer').isTheSame = true");

        // The message to the source is still under way, so the page looks again by itself, twice.
        for (int looks = 0; looks < 2; looks++)
            await visit.Page.WaitForResponseAsync(answer => answer.Url.Contains(referral.Path) && answer.Ok);

        await Expect(visit.Page.Locator(".viewer[open]")).ToHaveCountAsync(1);
        (await visit.Page.EvaluateAsync<bool>("document.querySelector('.viewer').isTheSame === true")).ShouldBeTrue();
    }

    /// <summary>Waits until the browser's own viewer stands in the page.</summary>
    private static async Task PdfViewer(IPage page)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!page.Frames.Any(f => f.Url.StartsWith("chrome-extension://", StringComparison.Ordinal)))
            await Task.Delay(50, patience.Token);
    }

    private static JsonObject Inline(string title, byte[] bytes) =>
        new() { ["title"] = title, ["data"] = Convert.ToBase64String(bytes) };
}
