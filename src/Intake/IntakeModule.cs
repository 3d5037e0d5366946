using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Rms.Intake.Attached;

namespace Rms.Intake;

/// <summary>Takes in what sources send, without loss.</summary>
public static class IntakeModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(IntakeModule).Assembly;

    /// <summary>Registers what its handlers share and what it does in the background; handlers are found by themselves.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services) =>
        services
            .AddScoped<SourceReferrals>()
            .AddScoped<Attachments>()
            .AddScoped<Fetching>()
            .AddHostedService<AttachmentWorker>();
}
