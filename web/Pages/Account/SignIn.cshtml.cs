using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Rms.Core;
using Rms.Web.Pages.Wording;
using Rms.Web.Security;
using Rms.Web.Startup;

namespace Rms.Web.Pages.Account;

/// <summary>Signing in with e-mail address and password; in demo mode (RMS_DEMO=1) also with one click an account.</summary>
public sealed class SignInModel(SignInManager<Person> signIn, RmsDb db, Settings settings, Frame frame, Words words)
    : PageModel
{
    /// <summary>Where to go afterwards; only a page of ours is followed.</summary>
    [BindProperty(SupportsGet = true, Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    /// <summary>The address as typed, kept after a fault.</summary>
    [BindProperty]
    public string? Email { get; set; }

    /// <summary>The resource key of what went wrong, if anything did.</summary>
    public string? Fault { get; private set; }

    /// <summary>The accounts to offer; none outside demo mode.</summary>
    public IReadOnlyList<string> DemoAccounts { get; } = settings.Demo ? [.. DemoPeople.All.Select(p => p.Email)] : [];

    /// <summary>The form, or straight on for somebody who is signed in.</summary>
    public IActionResult OnGet()
    {
        Prepare();
        return User.Identity?.IsAuthenticated == true ? LocalRedirect(Target) : Page();
    }

    /// <summary>Signs in. What was wrong is not said more exactly than the attacker may know.</summary>
    public async Task<IActionResult> OnPostAsync(string? password, bool stay)
    {
        Prepare();
        if (string.IsNullOrWhiteSpace(Email) || string.IsNullOrEmpty(password))
        {
            return Refused("SignIn.missing");
        }

        // What the framework's normalising refuses is nobody's address.
        if (Email.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c >= '\uFFFE'))
        {
            return Refused("SignIn.wrong");
        }

        return await SignInAsync(Email.Trim(), password, stay);
    }

    /// <summary>Signs a demo account in.</summary>
    public async Task<IActionResult> OnPostDemoAsync(string account)
    {
        Prepare();
        return DemoAccounts.Contains(account)
            ? await SignInAsync(account, DemoPeople.Password, stay: false)
            : NotFound();
    }

    private async Task<IActionResult> SignInAsync(string email, string password, bool stay)
    {
        Person? person =
            await signIn.UserManager.FindByEmailAsync(email) ?? await signIn.UserManager.FindByNameAsync(email);
        if (person is null)
        {
            // As much work as for a known address, so that the time taken tells nothing.
            signIn.UserManager.PasswordHasher.HashPassword(new Person(), password);
            return Refused("SignIn.wrong");
        }

        Microsoft.AspNetCore.Identity.SignInResult result = await CheckAndSignIn(person, password, stay);
        if (!result.Succeeded)
        {
            return Refused(result.IsLockedOut ? "SignIn.locked" : "SignIn.wrong");
        }

        if (!Request.Cookies.ContainsKey(Preferences.LanguageCookie))
        {
            Preferences.RememberLanguage(HttpContext, person.Language);
        }

        return LocalRedirect(Target);
    }

    /// <summary>
    /// Attempts on one account come one after the other. Identity counts failures under a concurrency stamp: of two at
    /// once it would refuse the right password, and leave a guess uncounted.
    /// </summary>
    private async Task<Microsoft.AspNetCore.Identity.SignInResult> CheckAndSignIn(
        Person person,
        string password,
        bool stay
    )
    {
        CancellationToken stop = HttpContext.RequestAborted;
        await using IDbContextTransaction mine = await db.Database.BeginTransactionAsync(stop);
        await db.Database.ExecuteSqlAsync($"select from people.person where id = {person.Id} for update", stop);
        await db.Entry(person).ReloadAsync(stop);
        Microsoft.AspNetCore.Identity.SignInResult result = await signIn.PasswordSignInAsync(
            person,
            password,
            stay,
            lockoutOnFailure: true
        );
        await mine.CommitAsync(stop);
        return result;
    }

    private string Target => Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/";

    private PageResult Refused(string fault)
    {
        Fault = fault;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private void Prepare()
    {
        frame.IsBare = true;
        frame.Title = words["SignIn.heading"];
    }
}
