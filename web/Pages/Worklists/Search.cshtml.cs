using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Worklists;

/// <summary>
/// Finds referrals by name, number, date of birth, phone, e-mail or id. What was typed says something about a patient: it is
/// posted and then kept in a sealed cookie, never in an address, which would end up in histories and logs.
/// </summary>
public sealed class SearchModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    /// <summary>The longest text that is searched for, in characters.</summary>
    public const int Longest = 100;

    private const string Kept = "find";

    /// <summary>What was searched for last in this session; empty before the first time.</summary>
    public string Find { get; private set; } = "";

    /// <summary>What was found; null before the first search.</summary>
    public WorklistPage? Found { get; private set; }

    /// <summary>Shows the last search again, or an empty field.</summary>
    public async Task OnGetAsync(CancellationToken cancelled)
    {
        frame.Title = words["Search.heading"];
        Find = TempData.Peek(Kept) as string ?? "";
        if (Find.Length > 0)
        {
            Found = await mediator.Send(new ListReferrals("all", null, Find), cancelled);
            frame.Counts = Found.Counts;
        }
    }

    /// <summary>Searches.</summary>
    public IActionResult OnPost(string? find)
    {
        string text = find?.Trim() ?? "";
        TempData[Kept] = text.Length > Longest ? text[..Longest] : text;
        return RedirectToPage();
    }
}
