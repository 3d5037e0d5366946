using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rms.Core;
using Rms.Core.Keys;
using Rms.Directories;
using Rms.Intake;
using Rms.Notifications;
using Rms.Revocation;
using Rms.Scheduling;
using Rms.Triage;
using Rms.Web.Fhir;
using Rms.Web.Pages;
using Rms.Web.Security;
using Rms.Web.Startup;

namespace Rms.Web;

/// <summary>Puts the application together: modules, security, FHIR endpoints and pages.</summary>
public static class RmsApp
{
    /// <summary>Builds it; nothing is touched before it starts.</summary>
    /// <param name="args">Command line.</param>
    /// <param name="configure">Further configuration, with the keys of the environment variables (RMS_…).</param>
    public static WebApplication Build(string[] args, Action<IConfigurationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = args,
                ApplicationName = typeof(RmsApp).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        configure?.Invoke(builder.Configuration);
        var settings = Settings.Read(builder.Configuration);

        builder.Logging.ClearProviders().AddJsonConsole();
        // These print exceptions with their texts, which may hold what a patient said; Faults logs them without.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        // It warns, at every page, that pages are not cached, which is what we want.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.AddSingleton(settings);
        builder
            .Services.AddRms(
                settings.Database,
                DirectoryModule.Assembly,
                IntakeModule.Assembly,
                TriageModule.Assembly,
                SchedulingModule.Assembly,
                NotificationsModule.Assembly,
                RevocationModule.Assembly
            )
            .AddDirectory()
            .AddIntake()
            .AddNotifications(settings.PublicUrl)
            .AddSecurity(settings)
            .AddFhir()
            .AddStaffPages();
        // First of all hosted services: nothing runs before the schema and the keys are known to be right.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, StartUp>());

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.UseSecurityHeaders();
        app.UseStaffPages();
        app.UseFaults();
        app.UseRouting();
        app.UseAuthentication();
        app.UseMiddleware<ActorMiddleware>();
        app.UseAuthorization();
        app.MapHealth();
        app.MapFhir();
        app.MapStaffPages();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.AddServerHeader = false;
        // Pages post little; the FHIR endpoint sets its own bound.
        kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        if (settings.Bind is { } address)
            kestrel.Listen(address, settings.Port);
        else if (settings.Port == 0)
            kestrel.Listen(IPAddress.Loopback, 0);
        else
            kestrel.ListenLocalhost(settings.Port);
    }
}
