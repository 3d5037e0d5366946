using MediatR;
using Npgsql;
using Rms.Core.Keys;
using Rms.Core.Migrations;
using Rms.Directories;
using Rms.Web.Security;

namespace Rms.Web.Startup;

/// <summary>
/// What must be true before anything is served: the schema is the one that this build knows, the keys are unwrapped,
/// and the demonstration is set up, or closed.
/// </summary>
internal sealed class StartUp(
    Settings settings,
    IServiceScopeFactory scopes,
    NpgsqlDataSource database,
    KeyRing keys,
    TimeProvider clock
) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await MigrationRunner.Verify(settings.Database, Migration.Folder, cancellationToken);
        using (var guard = KeyGuard.Open(settings.KeyCertificate, settings.Data))
            await keys.Load(database, guard, clock, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
        if (settings.Demo)
        {
            // The simulator listens on the next port.
            var endpoint =
                settings.DemoSourceUrl ?? new Uri($"http://127.0.0.1:{settings.Port + 1}/fhir/$process-messages");
            var site = await mediator.Send(
                new SetUpDemo(endpoint, new Uri(endpoint, "/oauth2/token")),
                cancellationToken
            );
            await scope.ServiceProvider.GetRequiredService<DemoPeople>().SetUp(site, cancellationToken);
        }
        else
        {
            await mediator.Send(new CloseDemo(), cancellationToken);
            await scope.ServiceProvider.GetRequiredService<DemoPeople>().Close(cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
