using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Intake;
using Rms.Triage;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Messages;

/// <summary>Messages that no referral came of: kept aside, or refused. Nothing that arrives is ever out of sight.</summary>
public sealed class MessagesModel(IMediator mediator, Frame frame, Words words) : PageModel
{
    /// <summary>The latest, newest first.</summary>
    public IReadOnlyList<MessageToLookAt> List { get; private set; } = [];

    /// <summary>Shows them.</summary>
    public async Task OnGetAsync(CancellationToken cancelled)
    {
        List = await mediator.Send(new MessagesToLookAt(), cancelled);
        frame.Counts = await mediator.Send(new CountWorklists(), cancelled);
        frame.Worklist = "messages";
        frame.Title = words["Messages.title"];
    }
}
