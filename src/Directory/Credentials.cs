using MediatR;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;

namespace Rms.Directories;

/// <summary>The kinds of credential.</summary>
public static class CredentialKinds
{
    /// <summary>A client id and secret: for tokens, and for HTTP Basic where the connection allows it.</summary>
    public const string Client = "client";

    /// <summary>A key in the header X-API-Key.</summary>
    public const string ApiKey = "api-key";
}

/// <summary>The connections of the sites that the person administers. Problem 403 when there is no such site.</summary>
public sealed record ListConnections() : IRequest<IReadOnlyList<ConnectionView>>;

/// <summary>A connection, as its administrator sees it.</summary>
/// <param name="Manners">How it may show itself: oauth2, basic, api-key.</param>
/// <param name="Kinds">The kinds of credential that are of use to it.</param>
/// <param name="Credentials">Oldest first.</param>
/// <param name="Tokens">How many tokens are valid now.</param>
public sealed record ConnectionView(
    Guid Id,
    string Name,
    string DisplayName,
    string Site,
    bool MaySend,
    IReadOnlyList<string> Manners,
    IReadOnlyList<string> Kinds,
    int RatePerSecond,
    int RateBurst,
    IReadOnlyList<CredentialView> Credentials,
    int Tokens
);

/// <summary>A credential; nothing of its secret.</summary>
/// <param name="Shown">The client id, or the last four characters of a key.</param>
/// <param name="LastUsedAt">To the minute; null: never.</param>
/// <param name="LockedUntil">Null when it is not locked now.</param>
/// <param name="Failures">Wrong secrets in a row.</param>
public sealed record CredentialView(
    Guid Id,
    string Kind,
    string Shown,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? LockedUntil,
    int Failures,
    DateTimeOffset? RevokedAt
);

/// <summary>A further credential; those that exist go on. Problem 409 when the connection has no use for the kind.</summary>
/// <param name="Kind">One of <see cref="CredentialKinds"/>.</param>
public sealed record MakeCredential(Guid ConnectionId, string Kind) : IRequest<MadeCredential>;

/// <summary>The only time that its secret is seen.</summary>
/// <param name="ClientId">Null for an API key.</param>
public sealed record MadeCredential(Guid Id, string Kind, string? ClientId, Secret Secret);

/// <summary>Ends a lock before its time, and begins the count anew.</summary>
public sealed record UnlockCredential(Guid Id) : IRequest;

/// <summary>Ends a credential and its tokens at once. Problem 409 when it is the last one that works.</summary>
/// <param name="EvenTheLast">The person knows that nothing can be sent over the connection then.</param>
public sealed record RevokeCredential(Guid Id, bool EvenTheLast) : IRequest;

/// <summary>Ends all tokens of a connection at once; whoever has a secret can get new ones.</summary>
public sealed record RevokeTokens(Guid ConnectionId) : IRequest;

internal sealed class Credentials(RmsDb db, KnownSenders known, Actor actor, TimeProvider clock)
    : IRequestHandler<ListConnections, IReadOnlyList<ConnectionView>>,
        IRequestHandler<MakeCredential, MadeCredential>,
        IRequestHandler<UnlockCredential, Unit>,
        IRequestHandler<RevokeCredential, Unit>,
        IRequestHandler<RevokeTokens, Unit>
{
    public async Task<IReadOnlyList<ConnectionView>> Handle(
        ListConnections request,
        CancellationToken cancellationToken
    )
    {
        var sites = actor.Sites.Where(s => actor.Has(s, Role.Administrator)).ToList();
        if (sites.Count == 0)
            throw Problem.Forbidden();
        var now = clock.GetUtcNow();
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Where(c => sites.Contains(c.SiteId))
            .OrderBy(c => c.DisplayName)
            .Select(c => new
            {
                Connection = c,
                Site = db.Set<Site>().First(s => s.Id == c.SiteId).Name,
                Credentials = db.Set<Credential>()
                    .Where(k => k.ConnectionId == c.Id)
                    .OrderBy(k => k.CreatedAt)
                    .ToList(),
                Tokens = db.Set<AccessToken>()
                    .Count(t =>
                        t.ConnectionId == c.Id
                        && t.ExpiresAt > now
                        && db.Set<Credential>().Any(k => k.Id == t.CredentialId && k.RevokedAt == null)
                    ),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. connections.Select(c => new ConnectionView(
                c.Connection.Id,
                c.Connection.Name,
                c.Connection.DisplayName,
                c.Site,
                c.Connection.MaySend,
                [.. Manners(c.Connection)],
                [.. Kinds(c.Connection)],
                c.Connection.RatePerSecond,
                c.Connection.RateBurst,
                [
                    .. c.Credentials.Select(k => new CredentialView(
                        k.Id,
                        k.Kind,
                        k.ClientId ?? k.Hint ?? "",
                        k.CreatedAt,
                        k.LastUsedAt,
                        k.LockedUntil > now ? k.LockedUntil : null,
                        k.Failures,
                        k.RevokedAt
                    )),
                ],
                c.Tokens
            )),
        ];
    }

    public async Task<MadeCredential> Handle(MakeCredential request, CancellationToken cancellationToken)
    {
        var connection = await Administered(request.ConnectionId, cancellationToken);
        if (!Kinds(connection).Contains(request.Kind))
            throw new Problem("credential.kind", 409);
        var id = Ids.New(clock);
        var secret = new Secret((request.Kind == CredentialKinds.ApiKey ? "rms_" : "") + Senders.NewSecret());
        var credential =
            request.Kind == CredentialKinds.ApiKey
                ? new Credential
                {
                    Id = id,
                    ConnectionId = connection.Id,
                    Kind = CredentialKinds.ApiKey,
                    KeyHash = Senders.HashOf(secret),
                    Hint = secret.Value[^4..],
                    CreatedAt = clock.GetUtcNow(),
                }
                : new Credential
                {
                    Id = id,
                    ConnectionId = connection.Id,
                    // Each secret has a client id of its own, so that one can be told from another and ended alone.
                    ClientId = $"{connection.Name}-{Senders.NewSecret()[..6].ToLowerInvariant()}",
                    SecretHash = Senders.HashOf(secret.Value),
                    CreatedAt = clock.GetUtcNow(),
                };
        db.Add(credential);
        Record("credential-made", connection, ("credential", id.ToString()), ("kind", request.Kind));
        await db.SaveChangesAsync(cancellationToken);
        return new MadeCredential(id, request.Kind, credential.ClientId, secret);
    }

    public async Task<Unit> Handle(UnlockCredential request, CancellationToken cancellationToken)
    {
        var connection = await ConnectionOf(request.Id, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Set<Credential>()
            .Where(c => c.Id == request.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(c => c.Failures, 0).SetProperty(c => c.LockedUntil, (DateTimeOffset?)null),
                cancellationToken
            );
        Record("credential-unlocked", connection, ("credential", request.Id.ToString()));
        await Commit(transaction, cancellationToken);
        return Unit.Value;
    }

    public async Task<Unit> Handle(RevokeCredential request, CancellationToken cancellationToken)
    {
        var connection = await ConnectionOf(request.Id, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // One after the other for a connection: of two that end the last two, the second is asked.
        await db.Database.ExecuteSqlAsync(
            $"select 1 from directory.connection where id = {connection.Id} for update",
            cancellationToken
        );
        var kinds = Kinds(connection).ToList();
        var working = await db.Set<Credential>()
            .Where(c => c.ConnectionId == connection.Id && c.RevokedAt == null && kinds.Contains(c.Kind))
            .Select(c => c.Id)
            .ToListAsync(cancellationToken);
        if (working is [var last] && last == request.Id && !request.EvenTheLast)
            throw new Problem("credential.last", 409);
        var now = clock.GetUtcNow();
        var revoked = await db.Set<Credential>()
            .Where(c => c.Id == request.Id && c.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), cancellationToken);
        if (revoked == 0)
            return Unit.Value;
        await db.Set<AccessToken>().Where(t => t.CredentialId == request.Id).ExecuteDeleteAsync(cancellationToken);
        Record("credential-revoked", connection, ("credential", request.Id.ToString()));
        await Commit(transaction, cancellationToken);
        return Unit.Value;
    }

    public async Task<Unit> Handle(RevokeTokens request, CancellationToken cancellationToken)
    {
        var connection = await Administered(request.ConnectionId, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Set<AccessToken>().Where(t => t.ConnectionId == connection.Id).ExecuteDeleteAsync(cancellationToken);
        Record("tokens-revoked", connection);
        await Commit(transaction, cancellationToken);
        return Unit.Value;
    }

    private async Task Commit(
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction,
        CancellationToken stop
    )
    {
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        known.AskAgain();
    }

    private async Task<Connection> Administered(Guid id, CancellationToken stop)
    {
        var connection =
            await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop)
            ?? throw Problem.NotFound();
        actor.Require(connection.SiteId, Role.Administrator);
        return connection;
    }

    private async Task<Connection> ConnectionOf(Guid credential, CancellationToken stop)
    {
        var connection = await db.Set<Credential>()
            .Where(c => c.Id == credential)
            .Select(c => c.ConnectionId)
            .SingleOrDefaultAsync(stop);
        return await Administered(connection, stop);
    }

    private static IEnumerable<string> Manners(Connection connection)
    {
        if (connection.AllowOauth2)
            yield return "oauth2";
        if (connection.AllowBasic)
            yield return "basic";
        if (connection.AllowApiKey)
            yield return "api-key";
    }

    private static IEnumerable<string> Kinds(Connection connection)
    {
        if (connection.AllowOauth2 || connection.AllowBasic)
            yield return CredentialKinds.Client;
        if (connection.AllowApiKey)
            yield return CredentialKinds.ApiKey;
    }

    private void Record(string action, Connection connection, params ReadOnlySpan<(string, string)> detail) =>
        db.Audit.RecordOfSite(
            actor,
            action,
            clock,
            connection.SiteId,
            [("connection", connection.Id.ToString()), .. detail]
        );
}
