using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Rms.Web.Pages;

/// <summary>The front page: the worklist of what is new.</summary>
public sealed class IndexModel : PageModel
{
    /// <summary>Goes there.</summary>
    public IActionResult OnGet() => Redirect("/worklists");
}
