using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
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

    public IActionResult OnGet(string referral, int? sent)
    {
        if (store.Find(referral) is not { } found)
        {
            return NotFound();
        }

        Referral = found;
        Messages = store.MessagesOf(referral);
        JustSent = Messages.FirstOrDefault(m => m.Number == sent && m.IsSent);
        return Page();
    }

    public async Task<IActionResult> OnPostUpdate(string referral, CancellationToken stop) =>
        Back(referral, await desk.ChangePhone(referral, stop));

    public async Task<IActionResult> OnPostRevoke(string referral, CancellationToken stop) =>
        Back(referral, await desk.Revoke(referral, stop));

    public async Task<IActionResult> OnPostAgain(string referral, int number, CancellationToken stop) =>
        Back(referral, await desk.SendAgain(number, stop));

    private IActionResult Back(string referral, Message? sent) =>
        sent is null ? NotFound() : Redirect($"/referrals/{referral}?sent={sent.Number}");
}
