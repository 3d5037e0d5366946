using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Rms.Core;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>Acts as a member of staff does, through the same requests as the pages.</summary>
public sealed class Staff(RunningApp app, Guid person, params (Guid Site, Role Role)[] roles)
{
    /// <summary>The demonstration's person of a role.</summary>
    public static async Task<Staff> Demo(RunningApp app, Role role)
    {
        var row = (
            await app.Database.Query(
                $"select person_id, site_id from people.membership where role = '{role}' order by person_id limit 1"
            )
        )[0];
        return new Staff(app, (Guid)row[0]!, ((Guid)row[1]!, role));
    }

    public async Task<T> Send<T>(IRequest<T> request)
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Actor>().BecomePerson(person, roles);
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }
}
