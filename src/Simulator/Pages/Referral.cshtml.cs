using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Simulator.Api;
using Rms.Simulator.Content;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator.Pages;

/// <summary>One referral: what the sender sees, what was said, and the buttons to say more.</summary>
[IgnoreAntiforgeryToken] // SimulatorApp refuses requests from other sites; there are no sessions to ride on.
internal sealed class ReferralModel(Store store, Desk desk) : PageModel
{
    public Referral Referral { get; private set; } = null!;
    public IReadOnlyList<Message> Messages { get; private set; } = [];

    /// <summary>The message that was just sent from here.</summary>
    public Message? JustSent { get; private set; }

    /// <summary>What was wrong with the order that was just given.</summary>
    public List<string> Faults { get; } = [];

    public IActionResult OnGet(string referral, int? sent)
    {
        if (!Fill(referral))
        {
            return NotFound();
        }

        JustSent = Messages.FirstOrDefault(m => m.Number == sent && m.IsSent);
        return Page();
    }

    public async Task<IActionResult> OnPostUpdate(string referral, string? change, CancellationToken stop) =>
        Orders.Update(change, Faults) is { } update
            ? Back(referral, await desk.Say(referral, update, stop))
            : Refuse(referral);

    public async Task<IActionResult> OnPostWrite(string referral, string? text, CancellationToken stop) =>
        Orders.Write(text, Faults) is { } written
            ? Back(referral, await desk.Say(referral, written, stop))
            : Refuse(referral);

    public async Task<IActionResult> OnPostCorrect(string referral, CancellationToken stop) =>
        Back(referral, await desk.Say(referral, Change.Demographics, stop));

    public async Task<IActionResult> OnPostRevoke(string referral, CancellationToken stop) =>
        Back(referral, await desk.Say(referral, FollowUp.Revocation, stop));

    public async Task<IActionResult> OnPostAgain(string referral, int number, CancellationToken stop) =>
        Back(referral, await desk.SendAgain(number, stop));

    private bool Fill(string referral)
    {
        Referral = store.Find(referral)!;
        Messages = store.MessagesOf(referral);
        return Referral is not null;
    }

    private IActionResult Refuse(string referral)
    {
        if (!Fill(referral))
        {
            return NotFound();
        }

        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private IActionResult Back(string referral, Message? sent) =>
        sent is null ? NotFound() : Redirect($"/referrals/{referral}?sent={sent.Number}");
}
