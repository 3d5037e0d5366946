using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Pages;

/// <summary>One message: how it went, what was found in it, its JSON and that of the reply.</summary>
internal sealed class MessageModel(Store store) : PageModel
{
    public Message Message { get; private set; } = null!;
    public string Body { get; private set; } = "";
    public string? Reply { get; private set; }

    public IActionResult OnGet(int number)
    {
        if (store.Message(number) is not { } found)
        {
            return NotFound();
        }

        Message = found;
        Body = Json.ForPeople(store.Body(number));
        var reply = store.Reply(number);
        Reply = reply.Length == 0 ? null : Json.ForPeople(reply);
        return Page();
    }
}
