using System.Globalization;
using Rms.Simulator.Content;
using Rms.Simulator.Messages;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator.Api;

/// <summary>Reads orders that come as text, from the page, the JSON API or the command line, and names every fault.</summary>
internal static class Orders
{
    public static SendOrder? Send(
        string? version,
        string? listing,
        string? scenario,
        int? count,
        string? priority,
        string? fault,
        List<string> faults
    )
    {
        var guide = GuideVersion.Find(Blank(version) ?? GuideVersion.V011.Name);
        var place = Listing.Find(Blank(listing) ?? Listing.Cardiology.Id);
        var kind = Scenario.Find(Blank(scenario) ?? Scenario.Ordinary.Key);
        var spoilt = Fault.Find(Blank(fault));
        var number = count ?? 1;
        Demand(guide is not null, "version", version, GuideVersion.All.Select(v => v.Name), faults);
        Demand(place is not null, "listing", listing, Listing.All.Select(l => l.Id), faults);
        Demand(kind is not null, "scenario", scenario, Scenario.All.Select(s => s.Key), faults);
        Demand(
            Blank(priority) is null || SendOrder.Priorities.Contains(priority),
            "priority",
            priority,
            SendOrder.Priorities,
            faults
        );
        Demand(Blank(fault) is null || spoilt is not null, "fault", fault, Fault.All.Select(f => f.Key), faults);
        if (number is < 1 or > SendOrder.Most)
        {
            faults.Add($"count must be from 1 to {SendOrder.Most}, not {number}.");
        }

        return faults.Count > 0 ? null : new SendOrder(guide!, place!, kind!, number, Blank(priority), spoilt);
    }

    /// <summary>What an update is to change; nothing means the mobile phone.</summary>
    public static Change? Update(string? change, List<string> faults)
    {
        var found = Change.Find(Blank(change) ?? Change.Phone.Key);
        Demand(found is not null, "change", change, Change.Updates.Select(c => c.Key), faults);
        return found;
    }

    /// <summary>What the requester writes; nothing means the usual words.</summary>
    public static FollowUp? Write(string? text, List<string> faults)
    {
        var words = Blank(text) ?? FollowUp.UsualText;
        if (words.Length <= FollowUp.LongestText)
        {
            return FollowUp.Written(words);
        }

        faults.Add($"text must not have more than {FollowUp.LongestText} characters.");
        return null;
    }

    /// <param name="count">A number, or "all" until the order is taken back; nothing means 1.</param>
    public static FailureOrder? Fail(string? kind, string? place, string? count, int? seconds, List<string> faults)
    {
        var found = FailureKind.Find(kind);
        var where = Blank(place) ?? FailurePlace.Messages;
        Demand(found is not null, "kind", kind, FailureKind.All.Select(k => k.Key), faults);
        Demand(FailurePlace.All.Contains(where), "on", where, FailurePlace.All, faults);
        int? remaining = 1;
        if (Blank(count) is { } given)
        {
            remaining =
                given == "all" ? null
                : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : 0;
        }

        if (remaining is < 1 or > 10_000)
        {
            faults.Add("count must be a number from 1 to 10000, or all.");
        }

        if (seconds is < 0 or > 600)
        {
            faults.Add("seconds must be from 0 to 600.");
        }

        return faults.Count > 0 ? null : new FailureOrder(found!, where, remaining, seconds ?? 5);
    }

    /// <summary>Life of tokens in seconds; nothing leaves it as it is.</summary>
    public static int? TokenSeconds(int? seconds, List<string> faults)
    {
        if (seconds is < 1 or > 86_400)
        {
            faults.Add("tokenSeconds must be from 1 to 86400.");
        }

        return seconds;
    }

    private static void Demand(bool kept, string name, string? given, IEnumerable<string> choices, List<string> faults)
    {
        if (!kept)
        {
            faults.Add($"{name} must be one of {string.Join(", ", choices)}, not '{given}'.");
        }
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
