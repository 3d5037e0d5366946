using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Simulator.State;

namespace Rms.Simulator.Pages;

/// <summary>All messages, newest first, also those that belong to no referral.</summary>
internal sealed class MessagesModel(Store store) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<Message> Shown { get; private set; } = [];
    public string? Direction { get; private set; }
    public int PageNumber { get; private set; }
    public int LastPage { get; private set; }

    public void OnGet(string? direction, int? p)
    {
        Direction = direction is "sent" or "received" ? direction : null;
        var all = store.Messages.Where(m => Direction is null || m.Direction == Direction).Reverse().ToList();
        LastPage = Math.Max(1, (all.Count + PerPage - 1) / PerPage);
        PageNumber = Math.Clamp(p ?? 1, 1, LastPage);
        Shown = [.. all.Skip((PageNumber - 1) * PerPage).Take(PerPage)];
    }
}
