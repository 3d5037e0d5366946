using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Rms.Directories;

/// <summary>Sites, listings and the connections to other systems.</summary>
public static class DirectoryModule
{
    /// <summary>Where its handlers, validators and tables are found.</summary>
    public static Assembly Assembly => typeof(DirectoryModule).Assembly;

    /// <summary>Registers what the module keeps between requests; its handlers are found by themselves.</summary>
    public static IServiceCollection AddDirectory(this IServiceCollection services) =>
        services.AddSingleton<Book>().AddSingleton<KnownSenders>();
}
