using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Rms.Notifications.Delivery;

namespace Rms.Notifications;

/// <summary>Tells sources, and later patients, what happens to a referral.</summary>
public static class NotificationsModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(NotificationsModule).Assembly;

    /// <summary>Registers what the module keeps between requests.</summary>
    /// <param name="services">The services.</param>
    /// <param name="publicUrl">The base of our own addresses, without a slash at its end.</param>
    public static IServiceCollection AddNotifications(this IServiceCollection services, string publicUrl) =>
        services.AddSingleton<SourceTokens>().AddSingleton(new PublicAddress(publicUrl));
}
