using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;
using Rms.Intake;
using Rms.Triage;
using Rms.Web.Pages.Wording;
using Rms.Web.Pages.Worklists;

namespace Rms.Web.Pages.Referrals;

/// <summary>One referral with everything that was sent, what happened to it, and the decisions that are open to this person.</summary>
public sealed class ReferralModel(IMediator mediator, TimeProvider clock, Frame frame, Words words) : PageModel
{
    private const string Search = "search";

    /// <summary>The referral as it stands now.</summary>
    public ReferralView Referral { get; private set; } = null!;

    /// <summary>What its source said after its arrival.</summary>
    public News News { get; private set; } = null!;

    /// <summary>Until when <see cref="News"/> goes: what the person can take note of.</summary>
    public DateTimeOffset NewsUntil { get; private set; }

    /// <summary>Its documents, and where each of them stands.</summary>
    public IReadOnlyList<AttachmentEntry> Attachments { get; private set; } = [];

    /// <summary>What it should have and has not, while it is open.</summary>
    public IReadOnlyList<MissingPart> Missing { get; private set; } = [];

    /// <summary>Referrals that look as if they were of the same patient.</summary>
    public RelatedReferrals Related { get; private set; } = null!;

    /// <summary>The worklist that the person came from, to go back to, or search; new when none.</summary>
    [BindProperty(SupportsGet = true, Name = "list")]
    public string? List { get; set; }

    /// <summary>The address to go back to.</summary>
    public string Back => List == Search ? "/search" : "/worklists/" + List;

    /// <summary>The resource key of the name of what one goes back to.</summary>
    public string BackName => List == Search ? "Search.title" : "List." + List;

    /// <summary>What was just done, as the resource key of its notice; kept over one redirect.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <summary>The next referral in the person's worklist; only looked up right after a decision.</summary>
    public WorklistRow? Next { get; private set; }

    /// <summary>A refusal to show at the top, in words.</summary>
    public string? Refusal { get; private set; }

    /// <summary>A fault of the decline form, in words, to show beside the field.</summary>
    public string? ReasonFault { get; private set; }

    /// <summary>The reason as typed, kept after a fault or a refusal.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the decline form stands open.</summary>
    public bool IsDeclining { get; private set; }

    /// <summary>Whether an action is open to this person now.</summary>
    public bool May(string action) => Referral.Actions.Contains(action);

    /// <summary>Shows it; with ?decline the decline form stands open.</summary>
    public async Task OnGetAsync(Guid id, bool decline, CancellationToken cancelled)
    {
        await LoadAsync(id, cancelled);
        IsDeclining = decline && May("decline");
        if (Done is not null)
        {
            WorklistPage page = await mediator.Send(new ListReferrals(List == Search ? "new" : List!, null), cancelled);
            frame.Counts = page.Counts;
            Next = page.Rows.FirstOrDefault(row => row.Id != id);
        }
    }

    /// <summary>Accepts the referral at the version that the person saw.</summary>
    public Task<IActionResult> OnPostAcceptAsync(Guid id, int version, CancellationToken cancelled) =>
        DecideAsync(new AcceptReferral(id, version), id, "Done.accepted", cancelled);

    /// <summary>Declines it with a reason, which the requester reads.</summary>
    public Task<IActionResult> OnPostDeclineAsync(Guid id, int version, string? reason, CancellationToken cancelled)
    {
        Reason = reason;
        IsDeclining = true;
        return DecideAsync(new DeclineReferral(id, version, reason), id, "Done.declined", cancelled);
    }

    /// <summary>Sends a message again that was given up.</summary>
    public async Task<IActionResult> OnPostSendAgainAsync(Guid id, Guid delivery, CancellationToken cancelled)
    {
        await mediator.Send(new SendAgain(delivery), cancelled);
        return RedirectToPage(null, null, new { id, list = List }, "told");
    }

    /// <summary>Takes note of what the source said.</summary>
    public async Task<IActionResult> OnPostNoteAsync(Guid id, DateTimeOffset until, CancellationToken cancelled)
    {
        await mediator.Send(new NoteNews(id, until), cancelled);
        return RedirectToPage(new { id, list = List });
    }

    /// <summary>Wipes a test referral: nothing is left to come back to but the worklist.</summary>
    public async Task<IActionResult> OnPostWipeAsync(Guid id, int version, CancellationToken cancelled)
    {
        IActionResult result = await DecideAsync(new WipeTest(id, version), id, "Done.wiped", cancelled);
        return result is RedirectToPageResult ? Redirect("/worklists/test") : result;
    }

    /// <summary>Has a document fetched again that could not be had.</summary>
    public async Task<IActionResult> OnPostFetchAgainAsync(Guid id, Guid attachment, CancellationToken cancelled)
    {
        await mediator.Send(new FetchAgain(id, attachment), cancelled);
        return RedirectToPage(null, null, new { id, list = List }, "attachments");
    }

    /// <summary>Remembers what another referral is to this one; without a verdict, takes that back.</summary>
    public async Task<IActionResult> OnPostRelateAsync(
        Guid id,
        Guid other,
        string? verdict,
        CancellationToken cancelled
    )
    {
        await mediator.Send(new SayRelated(id, other, verdict), cancelled);
        return RedirectToPage(null, null, new { id, list = List }, "related");
    }

    private async Task<IActionResult> DecideAsync(
        IRequest<Decision> decision,
        Guid id,
        string done,
        CancellationToken cancelled
    )
    {
        try
        {
            await mediator.Send(decision, cancelled);
            Done = done;
            return RedirectToPage(new { id, list = List });
        }
        catch (Problem problem) when (problem.Status is 400 or 409 or 412 or 422)
        {
            // Expected: a colleague was first, or something about the form. Show the referral as it now stands, and why.
            Fault? fault = problem.Faults.FirstOrDefault(fault =>
                string.Equals(fault.Field, "reason", StringComparison.OrdinalIgnoreCase)
            );
            if (fault is not null)
            {
                ReasonFault = words.Code("Fault", fault.Code);
            }
            else
            {
                Refusal = words.Problem(problem);
            }

            await LoadAsync(id, cancelled);
            IsDeclining &= May("decline");
            Response.StatusCode = problem.Status;
            return Page();
        }
    }

    private async Task LoadAsync(Guid id, CancellationToken cancelled)
    {
        NewsUntil = clock.GetUtcNow();
        News = await mediator.Send(new NewsOf(id), cancelled);
        Referral = await mediator.Send(new GetReferral(id), cancelled);
        Related = await mediator.Send(new ListRelated(id), cancelled);
        Attachments = await mediator.Send(new AttachmentsOf(id), cancelled);

        // Of a referral that is done with nothing is left to ask for.
        if (Referral.State is not ("Declined" or "Completed" or "Cancelled" or "Forwarded"))
        {
            Missing = await mediator.Send(new MissingOf(id), cancelled);
        }

        List = List == Search || WorklistNames.All.Contains(List) ? List : "new";
        frame.Worklist = List == Search ? null : List;
        frame.IsTest = Referral.IsTest;
        string name = Referral.Content.Patient.DisplayName;
        frame.Title = name.Length > 0 ? name : words["Patient.nameless"];
    }
}
