using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Worklists;

/// <summary>One worklist, a page of rows at a time. Where scripts run it refreshes itself when something changes.</summary>
public sealed class WorklistModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    /// <summary>The rows and counts.</summary>
    public WorklistPage List { get; private set; } = null!;

    /// <summary>Where this page of rows starts: the key that the page before gave; null for the first.</summary>
    [BindProperty(SupportsGet = true, Name = "after")]
    public string? After { get; set; }

    /// <summary>Shows a worklist: that of what is new when none is named, not found for a name we do not know.</summary>
    public async Task<IActionResult> OnGetAsync(string? name, CancellationToken cancelled)
    {
        string worklist = name ?? "new";
        if (!WorklistNames.All.Contains(worklist))
        {
            return NotFound();
        }

        List = await mediator.Send(new ListReferrals(worklist, After), cancelled);
        frame.Worklist = worklist;
        frame.Counts = List.Counts;
        frame.Title = words["List." + worklist];
        return Page();
    }
}
