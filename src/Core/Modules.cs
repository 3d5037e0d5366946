using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rms.Core.Audit;
using Rms.Core.Messages;

namespace Rms.Core;

/// <summary>Registers Core, and what every module has in common: its tables, handlers and validators.</summary>
public static class Modules
{
    /// <summary>Adds Core, and the handlers, validators and tables of the modules.</summary>
    /// <param name="services">The services.</param>
    /// <param name="database">Connection string of the application's role.</param>
    /// <param name="modules">The modules' assemblies.</param>
    public static IServiceCollection AddRms(
        this IServiceCollection services,
        string database,
        params ReadOnlySpan<Assembly> modules
    )
    {
        Assembly[] assemblies = [typeof(Modules).Assembly, .. modules];
        services.AddSingleton(new ModuleAssemblies(assemblies));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NpgsqlDataSource.Create(Bounded(database)));
        services.AddDbContextPool<RmsDb>(
            (provider, options) =>
                options
                    .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
                    .UseApplicationServiceProvider(provider)
                    .EnableThreadSafetyChecks(false)
        );
        services.AddSingleton<Keys.KeyRing>();
        services.AddScoped<Actor>();
        services.AddScoped<Inbox>();
        services.AddSingleton<Http.OutboundHttp>();
        services.AddHostedService<OutboxWorker>();
        services.AddHostedService<AuditSealer>();
        AddMediation(services, assemblies);
        return services;
    }

    /// <summary>
    /// Unless told otherwise a node takes at most 40 connections, so that two fit a server of 100, and lets each prepare
    /// what it runs often.
    /// </summary>
    private static string Bounded(string database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database);
        // Its keywords are those that were said, each under its first name.
        var said = settings.Keys.ToHashSet();
        if (!said.Contains("Maximum Pool Size"))
            settings.MaxPoolSize = 40;
        // The same few statements run for every message: planned once, not each time.
        if (!said.Contains("Max Auto Prepare"))
            settings.MaxAutoPrepare = 60;
        // Our statements are short, and compiling one takes a hundred times as long as running it.
        if (!said.Contains("Options"))
            settings.Options = "-c jit=off";
        // Nothing that we do outlives its transaction in a session, so there is nothing to reset; the reset would also
        // throw away what the server has planned.
        if (!said.Contains("No Reset On Close"))
            settings.NoResetOnClose = true;
        return settings.ConnectionString;
    }

    /// <summary>MediatR 5 has no registration of its own for the container: handlers are found by their interfaces.</summary>
    private static void AddMediation(IServiceCollection services, Assembly[] assemblies)
    {
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(Validation<,>));
        foreach (
            var type in assemblies
                .SelectMany(a => a.GetTypes())
                .Where(t => t is { IsAbstract: false, IsGenericType: false })
        )
        {
            foreach (var handled in type.GetInterfaces().Where(IsHandler))
                services.AddScoped(handled, type);
        }
        foreach (var found in AssemblyScanner.FindValidatorsInAssemblies(assemblies, includeInternalTypes: true))
            services.AddScoped(found.InterfaceType, found.ValidatorType);
    }

    private static bool IsHandler(Type type) =>
        type.IsGenericType
        && (
            type.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)
            || type.GetGenericTypeDefinition() == typeof(INotificationHandler<>)
        );
}

/// <summary>Checks a request before its handler sees it: all faults together, as a <see cref="Problem"/> (422, <c>invalid</c>).</summary>
internal sealed class Validation<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
{
    public async Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next
    )
    {
        ArgumentNullException.ThrowIfNull(next);
        List<Fault> faults = [];
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            faults.AddRange(result.Errors.Select(e => new Fault(e.PropertyName, e.ErrorCode)));
        }
        return faults.Count == 0 ? await next() : throw new Problem("invalid", 422, faults: faults);
    }
}
