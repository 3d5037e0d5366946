namespace Rms.Web.Pages.Worklists;

/// <summary>The worklists as the navigation shows them.</summary>
public static class WorklistMenu
{
    /// <summary>The names in groups: what needs work first, then what is over.</summary>
    public static readonly IReadOnlyList<IReadOnlyList<string>> Groups =
    [
        ["new", "held", "review", "accepted", "booked", "confirmed", "awaiting-reply"],
        ["declined", "completed", "cancelled", "forwarded"],
        ["test", "all"],
    ];

    /// <summary>The icon of a worklist or of the state of the same name.</summary>
    public static string Icon(string name) =>
        name switch
        {
            "new" => "inbox",
            "held" => "hand-stop",
            "accepted" => "circle-check",
            "booked" => "calendar",
            "confirmed" => "calendar-check",
            "awaiting-reply" => "message-question",
            "declined" => "circle-x",
            "completed" => "checks",
            "cancelled" => "ban",
            "forwarded" => "arrow-forward-up",
            "review" => "info-circle",
            "unrouted" => "mailbox",
            "test" => "flask",
            "all" => "list",
            "messages" => "history",
            _ => "circle-dot",
        };
}
