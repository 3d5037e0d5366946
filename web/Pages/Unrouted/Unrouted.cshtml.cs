using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;
using Rms.Directories;
using Rms.Intake;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Unrouted;

/// <summary>Messages that could not be routed, each with its reason and the way on.</summary>
public sealed class UnroutedModel(IMediator mediator, Actor actor, Frame frame, Words words) : PageModel
{
    /// <summary>What waits, oldest first.</summary>
    public IReadOnlyList<UnroutedMessage> List { get; private set; } = [];

    /// <summary>The listings that a message can be given to.</summary>
    public IReadOnlyList<ListingName> Listings { get; private set; } = [];

    /// <summary>What was just done, as the resource key of its notice; kept over one redirect.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <summary>The referral that came of it.</summary>
    [TempData]
    public Guid? DoneReferral { get; set; }

    /// <summary>Why it could not be done, in words.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Shows what waits.</summary>
    public Task OnGetAsync(CancellationToken cancelled) => LoadAsync(cancelled);

    /// <summary>Takes a message in: as it is, for a listing, as of the same patient, or as an update.</summary>
    public async Task<IActionResult> OnPostTakeInAsync(
        Guid message,
        Guid? listing,
        bool same,
        bool update,
        CancellationToken cancelled
    )
    {
        try
        {
            TakenIn taken = await mediator.Send(new TakeInMessage(message, listing, same, update), cancelled);
            (Done, DoneReferral) = ("Unrouted.takenIn", taken.ReferralId);
            return RedirectToPage();
        }
        catch (Problem problem) when (problem.Status is 409 or 422)
        {
            return await RefuseAsync(problem, cancelled);
        }
    }

    /// <summary>Closes a message: nothing is to be done with it.</summary>
    public async Task<IActionResult> OnPostCloseAsync(Guid message, CancellationToken cancelled)
    {
        try
        {
            await mediator.Send(new CloseMessage(message), cancelled);
            Done = "Unrouted.closed";
            return RedirectToPage();
        }
        catch (Problem problem) when (problem.Status == 409)
        {
            return await RefuseAsync(problem, cancelled);
        }
    }

    private async Task<IActionResult> RefuseAsync(Problem problem, CancellationToken cancelled)
    {
        Refusal =
            problem.Code == "unrouted.still"
                ? words["Unrouted.still", words.Code("Aside", problem.Values.GetValueOrDefault("reason"))]
                : words.Problem(problem);
        await LoadAsync(cancelled);
        Response.StatusCode = problem.Status;
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancelled)
    {
        List = await mediator.Send(new ListUnrouted(), cancelled);
        var mine = actor.Sites.Where(s => actor.Has(s, Role.IntakeCoordinator, Role.Administrator));
        Listings = await mediator.Send(new ListingsOfSites([.. mine]), cancelled);
        frame.Worklist = "unrouted";
        frame.Title = words["List.unrouted"];
        frame.Counts = await mediator.Send(new CountWorklists(), cancelled);
    }
}
