using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;
using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages.Account;

/// <summary>Signing out, by a post only, so that no link can do it.</summary>
public sealed class SignOutModel(SignInManager<Person> signIn, Frame frame, Words words) : PageModel
{
    /// <summary>Asks.</summary>
    public void OnGet()
    {
        frame.IsBare = true;
        frame.Title = words["SignOut.heading"];
    }

    /// <summary>Ends the session.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.SignOutAsync();
        return Redirect("/sign-in");
    }
}
