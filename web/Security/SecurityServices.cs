using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Web.Startup;
using IPNetwork = System.Net.IPNetwork;

namespace Rms.Web.Security;

/// <summary>Sign-in of staff, and what protects every answer.</summary>
internal static class SecurityServices
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'";

    public static IServiceCollection AddSecurity(this IServiceCollection services, Settings settings)
    {
        services
            .AddIdentityCore<Person>(options =>
            {
                options.User.RequireUniqueEmail = true;
                // Length is what makes a password strong.
                options.Password.RequiredLength = 12;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Lockout.MaxFailedAccessAttempts = 10;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
                options.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            })
            .AddEntityFrameworkStores<RmsDb>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.ConfigureApplicationCookie(cookie =>
        {
            cookie.Cookie.Name = "rms-session";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            // On loopback http there is no other way; behind a proxy the public address decides.
            cookie.Cookie.SecurePolicy = settings.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
                ? CookieSecurePolicy.Always
                : CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(10);
            cookie.SlidingExpiration = true;
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "rms-antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddAuthorization();
        services
            .AddDataProtection()
            .SetApplicationName("rms-target")
            .Services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceScopeFactory, KeyRing, TimeProvider>(
                (options, scopes, keys, clock) =>
                {
                    options.XmlRepository = new SealedKeyStore(scopes, clock);
                    options.XmlEncryptor = new SealedXmlEncryptor(keys);
                }
            );
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // The proxy stands beside us: on this host or in the private network of its containers.
            foreach (var network in (string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"])
                options.KnownIPNetworks.Add(IPNetwork.Parse(network));
        });
        services.AddScoped<DemoPeople>();
        return services;
    }

    /// <summary>Headers of every answer (OWASP secure headers).</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                // At the last moment: an answer to a fault starts afresh, and needs them too.
                context.Response.OnStarting(() =>
                {
                    var headers = context.Response.Headers;
                    // A document of somebody else's making brings a stricter one.
                    if (headers.ContentSecurityPolicy.Count == 0)
                        headers.ContentSecurityPolicy = ContentSecurityPolicy;
                    headers.XContentTypeOptions = "nosniff";
                    headers["Referrer-Policy"] = "same-origin";
                    headers["Cross-Origin-Opener-Policy"] = "same-origin";
                    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
                    if (context.Request.IsHttps)
                        headers.StrictTransportSecurity = "max-age=31536000";
                    return Task.CompletedTask;
                });
                return next(context);
            }
        );
    }
}
