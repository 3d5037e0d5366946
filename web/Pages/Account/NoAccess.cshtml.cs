using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Rms.Web.Pages.Account;

/// <summary>Where somebody is sent whose role does not reach: a 403, shown as every other refusal is.</summary>
public sealed class NoAccessModel : PageModel
{
    /// <summary>Refuses.</summary>
    public IActionResult OnGet() => StatusCode(StatusCodes.Status403Forbidden);
}
