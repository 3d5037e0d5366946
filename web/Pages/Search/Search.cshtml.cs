using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Search;

/// <summary>
/// Finds referrals by name, number, date of birth, phone, e-mail or the source's id. What is looked for is posted and then
/// kept in a sealed cookie, so that no patient's name stands in an address, a history or a proxy's log, and going back to
/// the results works.
/// </summary>
public sealed class SearchModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    /// <summary>The longest text that is looked for, in characters.</summary>
    public const int Longest = 200;

    private const string Kept = "find";

    // TempData gives back a text that looks like a date or a UUID as one: with this before it, a text stays a text.
    private const string Mark = "=";

    /// <summary>Where this page of results starts; null for the first. It says nothing about a patient.</summary>
    [BindProperty(Name = "after", SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>What the person looked for last; empty before the first time.</summary>
    public string Find { get; private set; } = "";

    /// <summary>The results; null before anything was looked for.</summary>
    public WorklistPage? Found { get; private set; }

    /// <summary>The results of the last search, or the empty page.</summary>
    public async Task OnGetAsync(CancellationToken cancelled)
    {
        frame.Title = words["Search.title"];
        frame.Worklist = "search";
        Find = (TempData.Peek(Kept) as string ?? Mark)[Mark.Length..];
        if (Find.Length > 0)
        {
            Found = await mediator.Send(new ListReferrals("all", After, Find), cancelled);
            frame.Counts = Found.Counts;
        }
    }

    /// <summary>Takes what was typed, and shows the results under the same address.</summary>
    public IActionResult OnPost(string? find)
    {
        string text = (find ?? "").Trim();
        TempData[Kept] = Mark + (text.Length > Longest ? text[..Longest] : text);
        return RedirectToPage();
    }
}
