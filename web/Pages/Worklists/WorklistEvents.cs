using MediatR;
using Rms.Core;
using Rms.Triage;

namespace Rms.Web.Pages.Worklists;

/// <summary>
/// GET /worklists/events: server-sent events; <c>changed</c> whenever a referral of one's own sites comes or changes,
/// within half a second. It says nothing else: the page fetches itself again.
/// </summary>
internal static class WorklistEvents
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // A browser comes back by itself; meanwhile its cookie and its roles are looked at again.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static void MapWorklistEvents(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/worklists/events", Stream).RequireAuthorization();

    private static async Task Stream(
        HttpContext context,
        Actor actor,
        IServiceScopeFactory scopes,
        IHostApplicationLifetime lifetime,
        TimeProvider clock
    )
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        ending.CancelAfter(Longest);
        try
        {
            var seen = await Changes(scopes, actor, ending.Token);
            await context.Response.WriteAsync("retry: 1000\n\n", ending.Token);
            await context.Response.Body.FlushAsync(ending.Token);
            using var timer = new PeriodicTimer(Look, clock);
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                var changes = await Changes(scopes, actor, ending.Token);
                if (!changes.IsSubsetOf(seen))
                {
                    await context.Response.WriteAsync("event: changed\ndata: -\n\n", ending.Token);
                    await context.Response.Body.FlushAsync(ending.Token);
                }
                seen = changes;
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The page was left, time is up, or we stop.
        }
    }

    private static async Task<IReadOnlySet<(Guid Referral, DateTimeOffset ChangedAt)>> Changes(
        IServiceScopeFactory scopes,
        Actor listener,
        CancellationToken stop
    )
    {
        // A scope a look: the stream lives for minutes and must not hold a connection.
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Actor>().Become(listener);
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new RecentChanges(), stop);
    }
}
