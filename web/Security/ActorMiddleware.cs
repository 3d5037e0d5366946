using System.Security.Claims;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Rms.Core;

namespace Rms.Web.Security;

/// <summary>Says who acts: reads a signed-in person's roles afresh for each request, so that a change holds at once.</summary>
internal sealed class ActorMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context, Actor actor, RmsDb db)
    {
        // The page that says that the database is away can't ask it.
        if (
            context.Features.Get<IExceptionHandlerFeature>()?.Error is null or Problem
            && context.User.Identity is { IsAuthenticated: true }
            && Guid.TryParse(context.User.FindFirstValue(ClaimTypes.NameIdentifier), out var person)
        )
        {
            var roles = await db
                .Memberships.AsNoTracking()
                .Where(m => m.PersonId == person)
                .Select(m => new { m.SiteId, m.Role })
                .ToListAsync(context.RequestAborted);
            actor.BecomePerson(person, roles.Select(r => (r.SiteId, r.Role)));
        }
        await next(context);
    }
}
