using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;
using Rms.Directories;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.SetUp;

/// <summary>For administrators: each connection with its credentials, to make new ones, unlock and revoke.</summary>
public sealed class ConnectionsModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    /// <summary>The connections of the sites that the person administers.</summary>
    public IReadOnlyList<ConnectionView> List { get; private set; } = [];

    /// <summary>A credential just made, with its secret: on this one answer and never again.</summary>
    public MadeCredential? Made { get; private set; }

    /// <summary>The credential that is the last one of its connection, and is only revoked when the person says so again.</summary>
    public Guid? Last { get; private set; }

    /// <summary>What was just done, as the resource key of its notice; kept over one redirect.</summary>
    [TempData]
    public string? Done { get; set; }

    /// <summary>Shows them.</summary>
    public Task OnGetAsync(CancellationToken cancelled) => LoadAsync(cancelled);

    /// <summary>Makes a credential and shows its secret.</summary>
    public async Task OnPostMakeAsync(Guid connection, string kind, CancellationToken cancelled)
    {
        Made = await mediator.Send(new MakeCredential(connection, kind), cancelled);
        await LoadAsync(cancelled);
    }

    /// <summary>Ends a lock.</summary>
    public async Task<IActionResult> OnPostUnlockAsync(Guid credential, CancellationToken cancelled)
    {
        await mediator.Send(new UnlockCredential(credential), cancelled);
        return Back("Connections.unlocked");
    }

    /// <summary>Revokes a credential; of the last one it asks first.</summary>
    public async Task<IActionResult> OnPostRevokeAsync(Guid credential, bool even, CancellationToken cancelled)
    {
        try
        {
            await mediator.Send(new RevokeCredential(credential, even), cancelled);
            return Back("Connections.revoked");
        }
        catch (Problem problem) when (problem.Code == "credential.last")
        {
            Last = credential;
            await LoadAsync(cancelled);
            Response.StatusCode = problem.Status;
            return Page();
        }
    }

    /// <summary>Revokes all tokens of a connection.</summary>
    public async Task<IActionResult> OnPostRevokeTokensAsync(Guid connection, CancellationToken cancelled)
    {
        await mediator.Send(new RevokeTokens(connection), cancelled);
        return Back("Connections.tokensRevoked");
    }

    private RedirectToPageResult Back(string done)
    {
        Done = done;
        return RedirectToPage();
    }

    private async Task LoadAsync(CancellationToken cancelled)
    {
        List = await mediator.Send(new ListConnections(), cancelled);
        frame.Worklist = "connections";
        frame.Title = words["Connections.title"];
    }
}
