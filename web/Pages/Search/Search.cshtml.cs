using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Search;

/// <summary>
/// Finds referrals by name, number, date of birth, phone, e-mail or the source's id. What is looked for is posted, so
/// that no patient's name stands in an address, a history or a proxy's log.
/// </summary>
[ResponseCache(NoStore = true)]
public sealed class SearchModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    private const int Longest = 200;

    /// <summary>What the person typed.</summary>
    [BindProperty(Name = "find")]
    public string? Find { get; set; }

    /// <summary>Where this page of results starts.</summary>
    [BindProperty(Name = "after")]
    public string? After { get; set; }

    /// <summary>The results; null before anything was looked for.</summary>
    public WorklistPage? Found { get; private set; }

    /// <summary>The empty page.</summary>
    public void OnGet() => frame.Title = words["Search.title"];

    /// <summary>Looks for what was typed.</summary>
    public async Task OnPostAsync(CancellationToken cancelled)
    {
        frame.Title = words["Search.title"];
        string find = (Find ?? "").Trim();
        Find = find.Length > Longest ? find[..Longest] : find;
        if (Find.Length > 0)
        {
            Found = await mediator.Send(new ListReferrals("all", After, Find), cancelled);
            frame.Counts = Found.Counts;
        }
    }
}
