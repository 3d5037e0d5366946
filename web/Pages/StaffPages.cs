using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.WebEncoders;
using Rms.Web.Pages.Referrals;
using Rms.Web.Pages.Wording;
using Rms.Web.Pages.Worklists;
using Rms.Web.Startup;

namespace Rms.Web.Pages;

/// <summary>
/// The staff screens' registration. Program.cs calls Add, then Use before authentication, then Map. Everything here leaves the
/// machines' endpoints (/fhir, /oauth2, /health) alone.
/// </summary>
public static class StaffPages
{
    /// <summary>Pages, words, languages and the sign-in cookie's addresses.</summary>
    public static IServiceCollection AddStaffPages(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddLocalization(options => options.ResourcesPath = "Resources");
        services.Configure<WebEncoderOptions>(options =>
            options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All)
        );
        services.AddScoped<Words>();
        services.AddScoped<Times>();
        services.AddScoped<Frame>();
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(Preferences.Languages[0]);
            options.SupportedCultures = [.. Preferences.Languages];
            options.SupportedUICultures = [.. Preferences.Languages];
            options.ApplyCurrentCultureToResponseHeaders = true;
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider { CookieName = Preferences.LanguageCookie },
                new AcceptLanguageHeaderRequestCultureProvider(),
            ];
        });
        services.ConfigureApplicationCookie(options =>
        {
            options.LoginPath = "/sign-in";
            options.AccessDeniedPath = "/no-access";
            options.ReturnUrlParameter = "returnUrl";
        });
        services
            .AddRazorPages(options =>
            {
                options.Conventions.AuthorizeFolder("/");
                options.Conventions.AllowAnonymousToFolder("/Account");
                options.Conventions.AllowAnonymousToPage("/Problem");
            })
            // Pages show patients: no cache keeps any of them.
            .AddMvcOptions(options =>
            {
                options.Filters.Add(
                    new ResponseCacheAttribute { NoStore = true, Location = ResponseCacheLocation.None }
                );
                options.Filters.Add<UnknownHandlerFilter>();
            });
        return services;
    }

    /// <summary>Error pages, files and the request's language, for everything but the machines' endpoints.</summary>
    public static IApplicationBuilder UseStaffPages(this IApplicationBuilder app) =>
        app.UseWhen(
            http => !Faults.IsForMachines(http.Request.Path),
            pages =>
            {
                pages.UseRequestLocalization();
                pages.UseExceptionHandler(
                    new ExceptionHandlerOptions
                    {
                        ExceptionHandlingPath = "/problem/500",
                        // Faults has logged what may be logged: an exception's text may hold a patient's.
                        SuppressDiagnosticsCallback = _ => true,
                    }
                );
                pages.UseStatusCodePagesWithReExecute("/problem/{0}");
                pages.UseStaticFiles(
                    new StaticFileOptions
                    {
                        // The pages name their files with a hash of the content, which may therefore be kept.
                        OnPrepareResponse = file =>
                            file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v")
                                ? "public, max-age=31536000, immutable"
                                : "no-cache",
                    }
                );
            }
        );

    /// <summary>Maps the pages.</summary>
    public static void MapStaffPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRazorPages();
        endpoints.MapWorklistEvents();
        endpoints.MapAttachmentFiles();
    }
}

/// <summary>A post that no handler of the page answers is refused (405), not run as if it were a view.</summary>
public sealed class UnknownHandlerFilter : IPageFilter
{
    /// <inheritdoc />
    public void OnPageHandlerSelected(PageHandlerSelectedContext context) { }

    /// <inheritdoc />
    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.HandlerMethod is null && HttpMethods.IsPost(context.HttpContext.Request.Method))
            context.Result = new StatusCodeResult(StatusCodes.Status405MethodNotAllowed);
    }

    /// <inheritdoc />
    public void OnPageHandlerExecuted(PageHandlerExecutedContext context) { }
}
