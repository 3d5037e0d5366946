using System.Globalization;
using Microsoft.AspNetCore.Localization;

namespace Rms.Web.Pages;

/// <summary>A person's language and theme, kept in cookies of a year, so that the page comes right from the server at once.</summary>
public static class Preferences
{
    /// <summary>light or dark; absent means as the system says.</summary>
    public const string ThemeCookie = "rms-theme";

    /// <summary>ASP.NET Core's culture cookie, c=…|uic=….</summary>
    public const string LanguageCookie = "rms-language";

    /// <summary>The languages of the staff screens: Canadian English first, which is also the fallback.</summary>
    public static readonly IReadOnlyList<CultureInfo> Languages = [new("en-CA"), new("fr-CA")];

    /// <summary>Remembers a language (en or fr, with or without a region); anything else is ignored.</summary>
    public static void RememberLanguage(HttpContext http, string? language)
    {
        CultureInfo? culture = Languages.FirstOrDefault(known =>
            language is not null && known.TwoLetterISOLanguageName == language.Split('-')[0]
        );
        if (culture is not null)
        {
            string value = CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture));
            http.Response.Cookies.Append(LanguageCookie, value, Options(http));
        }
    }

    /// <summary>Remembers light or dark; auto (or anything else) forgets the choice.</summary>
    public static void RememberTheme(HttpContext http, string? theme)
    {
        if (theme is "light" or "dark")
        {
            http.Response.Cookies.Append(ThemeCookie, theme, Options(http));
        }
        else
        {
            http.Response.Cookies.Delete(ThemeCookie, Options(http));
        }
    }

    private static CookieOptions Options(HttpContext http) =>
        new()
        {
            MaxAge = TimeSpan.FromDays(365),
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            IsEssential = true,
        };
}
