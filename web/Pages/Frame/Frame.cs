using Rms.Web.Pages.Wording;

namespace Rms.Web.Pages;

/// <summary>What the frame around a page (top bar, navigation, band) shows for this request. A page fills in what it knows.</summary>
public sealed class Frame(IHttpContextAccessor http, Words words)
{
    /// <summary>The heading of the browser's tab, without the product's name.</summary>
    public string Title { get; set; } = "";

    /// <summary>The worklist that the person is in, so that the navigation can mark it; null outside of them.</summary>
    public string? Worklist { get; set; }

    /// <summary>Referrals by worklist; empty where the page did not ask for them.</summary>
    public IReadOnlyDictionary<string, int> Counts { get; set; } = new Dictionary<string, int>();

    /// <summary>Whether the page shows a test referral: a band then says so across the whole page.</summary>
    public bool IsTest { get; set; }

    /// <summary>A page of its own without navigation: signing in.</summary>
    public bool IsBare { get; set; }

    /// <summary>light, dark or auto (as the system says).</summary>
    public string Theme =>
        http.HttpContext?.Request.Cookies[Preferences.ThemeCookie] is "light" or "dark"
            ? http.HttpContext.Request.Cookies[Preferences.ThemeCookie]!
            : "auto";

    /// <summary>Where to come back to after a change of language or theme: this page, or the front page after a post.</summary>
    public string Here =>
        http.HttpContext is { Request: { } request } && HttpMethods.IsGet(request.Method)
            ? request.PathBase + request.Path + request.QueryString
            : "/";

    /// <summary>The page's title with the product's name behind it.</summary>
    public string FullTitle => Title.Length == 0 ? words["Product"] : words["Frame.title", Title, words["Product"]];
}
