namespace Rms.Web.Pages.Worklists;

/// <summary>The worklists that the pages know, in the order in which they are shown: what needs work first, then what is over.</summary>
public static class WorklistNames
{
    /// <summary>The names as they stand in addresses, in groups.</summary>
    public static readonly IReadOnlyList<IReadOnlyList<string>> Groups =
    [
        ["new", "held", "accepted", "booked", "confirmed", "awaiting-reply"],
        ["declined", "completed", "cancelled", "forwarded", "all"],
    ];

    /// <summary>Whether there is such a worklist.</summary>
    public static bool Knows(string name) => Groups.Any(group => group.Contains(name));

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
            "all" => "list",
            _ => "circle-dot",
        };
}
