using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Simulator.Api;
using Rms.Simulator.Receiving;
using Rms.Simulator.Sending;
using Rms.Simulator.State;

namespace Rms.Simulator.Pages;

/// <summary>State, the form to send, the failure panel, and the referrals with what the source shows for each.</summary>
[IgnoreAntiforgeryToken] // SimulatorApp refuses requests from other sites; there are no sessions to ride on.
internal sealed class IndexModel(
    Store store,
    Desk desk,
    Failures failures,
    TokenOffice office,
    TargetClient target,
    Settings settings
) : PageModel
{
    private const int PerPage = 25;

    public Failures Failures => failures;
    public TokenOffice Office => office;
    public TargetClient Target => target;
    public Settings Settings => settings;
    public Store Store => store;

    /// <summary>What was wrong with the order that was just given.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The messages that the last order sent.</summary>
    public IReadOnlyList<Message> JustSent { get; private set; } = [];
    public IReadOnlyList<Referral> Shown { get; private set; } = [];
    public int PageNumber { get; private set; }
    public int LastPage { get; private set; }

    public void OnGet(int? sent, int? count, int? p)
    {
        if (sent is { } first)
        {
            JustSent =
            [
                .. Enumerable
                    .Range(first, Math.Clamp(count ?? 1, 1, SendOrder.Most))
                    .Select(store.Message)
                    .OfType<Message>()
                    .Where(m => m.IsSent),
            ];
        }

        Fill(p ?? 1);
    }

    public async Task<IActionResult> OnPostSend(
        string? version,
        string? listing,
        string? scenario,
        int? count,
        string? priority,
        string? fault,
        CancellationToken stop
    )
    {
        var order = Orders.Send(version, listing, scenario, count, priority, fault, Faults);
        if (order is null)
        {
            return Refuse();
        }

        var made = await desk.Send(order, stop);
        return Redirect($"/?sent={made[0].Number}&count={made.Count}#done");
    }

    public IActionResult OnPostFail(string? kind, string? on, string? count, bool all, int? seconds, int? tokenSeconds)
    {
        var life = Orders.TokenSeconds(tokenSeconds, Faults);
        var order = kind == "none" ? null : Orders.Fail(kind, on, all ? "all" : count, seconds, Faults);
        if (Faults.Count > 0)
        {
            return Refuse();
        }

        failures.TokenSeconds = life ?? failures.TokenSeconds;
        if (order is not null)
        {
            failures.Give(order);
        }

        return Redirect("/#failing");
    }

    public IActionResult OnPostHeal()
    {
        failures.Clear();
        return Redirect("/#failing");
    }

    public IActionResult OnPostForget()
    {
        store.Forget();
        failures.Clear();
        office.Forget();
        return Redirect("/");
    }

    private PageResult Refuse()
    {
        Fill(1);
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private void Fill(int page)
    {
        var all = store.Referrals;
        LastPage = Math.Max(1, (all.Count + PerPage - 1) / PerPage);
        PageNumber = Math.Clamp(page, 1, LastPage);
        Shown = [.. all.Reverse().Skip((PageNumber - 1) * PerPage).Take(PerPage)];
    }
}
