using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rms.Core;

namespace Rms.Web.Pages.Account;

/// <summary>Sets the language or the theme and goes back. A signed-in person's language is kept with the person too.</summary>
public sealed class PreferencesModel(UserManager<Person> people) : PageModel
{
    /// <summary>Nothing to see: the switches are in the top bar.</summary>
    public IActionResult OnGet() => Redirect("/");

    /// <summary>Remembers what was chosen.</summary>
    public async Task<IActionResult> OnPostAsync(string? language, string? theme, string? returnUrl)
    {
        if (language is "en" or "fr")
        {
            Preferences.RememberLanguage(HttpContext, language);
            if (await people.GetUserAsync(User) is { } person && person.Language != language)
            {
                person.Language = language;
                await people.UpdateAsync(person);
            }
        }

        if (theme is not null)
        {
            Preferences.RememberTheme(HttpContext, theme);
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl! : "/");
    }
}
