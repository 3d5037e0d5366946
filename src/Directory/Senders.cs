using System.Security.Cryptography;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Rms.Core;
using Rms.Core.Audit;

namespace Rms.Directories;

/// <summary>
/// OAuth2 client credentials (RFC 6749, 4.4): a token for a connection, or null when the client is unknown, the secret
/// is wrong, the credential is locked after too many failures, or the connection does not use OAuth2.
/// </summary>
public sealed record IssueToken(string ClientId, Secret Secret) : IRequest<IssuedToken?>;

/// <summary>An opaque token and how long it lives.</summary>
public sealed record IssuedToken(Secret Token, TimeSpan ExpiresIn);

/// <summary>
/// A client takes back a token of its own (RFC 7009). False when the client is not who it says; a token that is
/// unknown, or another's, is left alone in silence.
/// </summary>
public sealed record TakeBackToken(string ClientId, Secret Secret, Secret Token) : IRequest<bool>;

/// <summary>Whose token is this? Null when it is unknown, expired or revoked.</summary>
public sealed record WhoseToken(Secret Token) : IRequest<Sender?>;

/// <summary>Whose API key is this? Null when it is unknown or revoked, or the connection does not use keys.</summary>
public sealed record WhoseKey(Secret Key) : IRequest<Sender?>;

/// <summary>Whose client id and secret are these (HTTP Basic)? Null as for <see cref="IssueToken"/>.</summary>
/// <param name="MayTry">Asked before a secret is verified that was not verified just now, since that is slow work.</param>
public sealed record WhoseSecret(string ClientId, Secret Secret, Func<bool> MayTry) : IRequest<Sender?>;

/// <summary>A system that showed who it is.</summary>
/// <param name="ConnectionId">Its connection.</param>
/// <param name="MaySend">Whether it may send messages; some connections only hear from us.</param>
/// <param name="RatePerSecond">How many messages a second it may send for long.</param>
/// <param name="RateBurst">How many at once.</param>
public sealed record Sender(Guid ConnectionId, bool MaySend, int RatePerSecond, int RateBurst);

internal sealed class Senders(RmsDb db, Book book, KnownSenders known, Actor actor, TimeProvider clock)
    : IRequestHandler<IssueToken, IssuedToken?>,
        IRequestHandler<TakeBackToken, bool>,
        IRequestHandler<WhoseToken, Sender?>,
        IRequestHandler<WhoseKey, Sender?>,
        IRequestHandler<WhoseSecret, Sender?>
{
    private const int FailuresUntilLocked = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan UsedToThe = TimeSpan.FromMinutes(1);
    private static readonly PasswordHasher<Credential> Hasher = new();

    // Verified in place of an unknown client's, so that an answer takes the same time.
    private static readonly string NobodysHash = HashOf("nobody");

    public static string HashOf(string secret) => Hasher.HashPassword(new Credential(), secret);

    public static byte[] HashOf(Secret random) => SHA256.HashData(Encoding.UTF8.GetBytes(random.Value));

    public async Task<IssuedToken?> Handle(IssueToken request, CancellationToken cancellationToken)
    {
        if (
            await Verify(request.ClientId, request.Secret, cancellationToken) is not { } client
            || await ConnectionOf(client.ConnectionId, cancellationToken) is not { AllowOauth2: true }
        )
            return null;
        var now = clock.GetUtcNow();
        var token = new Secret(NewSecret());
        db.Set<AccessToken>()
            .Add(
                new AccessToken
                {
                    Hash = HashOf(token),
                    ConnectionId = client.ConnectionId,
                    CredentialId = client.CredentialId,
                    IssuedAt = now,
                    ExpiresAt = now + TokenLife,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
        if (known.MaySweep())
            await db.Set<AccessToken>().Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        return new IssuedToken(token, TokenLife);
    }

    public async Task<bool> Handle(TakeBackToken request, CancellationToken cancellationToken)
    {
        if (await Verify(request.ClientId, request.Secret, cancellationToken) is not { } client)
            return false;
        var hash = HashOf(request.Token);
        await db.Set<AccessToken>()
            .Where(t => t.Hash == hash && t.CredentialId == client.CredentialId)
            .ExecuteDeleteAsync(cancellationToken);
        known.AskAgain();
        return true;
    }

    public Task<Sender?> Handle(WhoseToken request, CancellationToken cancellationToken) =>
        Recognise(
            known.NameOf("token", request.Token.Value),
            connection => connection.AllowOauth2,
            async _ =>
            {
                var hash = HashOf(request.Token);
                var now = clock.GetUtcNow();
                return await db.Set<AccessToken>()
                    .Where(t => t.Hash == hash && t.ExpiresAt > now)
                    .Join(
                        // A locked credential's tokens go on: a stranger's guesses must not cut off a working source.
                        db.Set<Credential>().Where(c => c.RevokedAt == null),
                        t => t.CredentialId,
                        c => c.Id,
                        (t, c) => new Showing(c.ConnectionId, c.Id, t.ExpiresAt, c.LastUsedAt)
                    )
                    .SingleOrDefaultAsync(cancellationToken);
            },
            cancellationToken
        );

    public Task<Sender?> Handle(WhoseKey request, CancellationToken cancellationToken) =>
        Recognise(
            known.NameOf("api-key", request.Key.Value),
            connection => connection.AllowApiKey,
            async _ =>
            {
                var hash = HashOf(request.Key);
                return await db.Set<Credential>()
                    .Where(c => c.KeyHash == hash && c.RevokedAt == null)
                    .Select(c => new Showing(c.ConnectionId, c.Id, DateTimeOffset.MaxValue, c.LastUsedAt))
                    .SingleOrDefaultAsync(cancellationToken);
            },
            cancellationToken
        );

    public Task<Sender?> Handle(WhoseSecret request, CancellationToken cancellationToken)
    {
        var name = known.NameOf("basic", request.ClientId + ":" + request.Secret.Value);
        return Recognise(
            name,
            connection => connection.AllowBasic,
            async before =>
            {
                if (before is not null)
                    return await Usable(before.CredentialId, cancellationToken);
                await known.Verifying.WaitAsync(cancellationToken);
                try
                {
                    // Of many that came at once, the first has verified it for all.
                    if (known.Find(name) is { } meanwhile)
                        return await Usable(meanwhile.CredentialId, cancellationToken);
                    return request.MayTry() ? await Verify(request.ClientId, request.Secret, cancellationToken) : null;
                }
                finally
                {
                    known.Verifying.Release();
                }
            },
            cancellationToken
        );
    }

    /// <summary>
    /// The sender of what was shown: by what is known, else by asking. A connection's settings are as old as the book,
    /// two seconds at most.
    /// </summary>
    private async Task<Sender?> Recognise(
        string name,
        Func<Connection, bool> allows,
        Func<KnownSenders.Known?, Task<Showing?>> ask,
        CancellationToken stop
    )
    {
        var changes = known.Changes;
        var before = known.Find(name);
        if (before is null || !known.IsFresh(before))
        {
            if (await ask(before) is not { } now)
            {
                known.Drop(name);
                return null;
            }
            await NoteUse(now, stop);
            before = new KnownSenders.Known(
                now.ConnectionId,
                now.CredentialId,
                now.ExpiresAt,
                clock.GetUtcNow(),
                changes
            );
            known.Remember(name, before);
        }
        return await ConnectionOf(before.ConnectionId, stop) is { } connection && allows(connection)
            ? new Sender(connection.Id, connection.MaySend, connection.RatePerSecond, connection.RateBurst)
            : null;
    }

    /// <summary>
    /// The credential of a client that knows its secret. A wrong secret is counted, and the tenth in a row locks the
    /// credential for a while; while it is locked the right one is refused too, and nothing is counted.
    /// </summary>
    private async Task<Showing?> Verify(string clientId, Secret secret, CancellationToken stop)
    {
        var credential = await db.Set<Credential>()
            .AsNoTracking()
            .SingleOrDefaultAsync(c => c.ClientId == clientId && c.RevokedAt == null, stop);
        var right =
            Hasher.VerifyHashedPassword(new Credential(), credential?.SecretHash ?? NobodysHash, secret.Value)
            != PasswordVerificationResult.Failed;
        if (credential is null)
            return null;
        if (!right)
        {
            await CountFailure(credential, stop);
            return null;
        }
        // In one statement with the question whether it may: others may be locking or revoking it just now.
        var now = clock.GetUtcNow();
        var usable = await db.Set<Credential>()
            .Where(c => c.Id == credential.Id && c.RevokedAt == null)
            .Where(c => c.LockedUntil == null || c.LockedUntil <= now)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(c => c.Failures, 0)
                        .SetProperty(c => c.LockedUntil, (DateTimeOffset?)null)
                        .SetProperty(c => c.LastUsedAt, now),
                stop
            );
        return usable == 1 ? new Showing(credential.ConnectionId, credential.Id, DateTimeOffset.MaxValue, now) : null;
    }

    private async Task CountFailure(Credential credential, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var until = now + LockedFor;
        // One statement, so that none of many guesses at once is lost. After a lock has run out the count begins anew.
        var counted = await db
            .Database.SqlQuery<DateTimeOffset?>(
                $"""
                update directory.credential
                set failures = case when locked_until is null then failures + 1 else 1 end,
                    locked_until = case when locked_until is null and failures + 1 >= {FailuresUntilLocked} then {until} end
                where id = {credential.Id} and revoked_at is null and (locked_until is null or locked_until <= {now})
                returning locked_until as "Value"
                """
            )
            .ToListAsync(stop);
        if (counted is not [{ }])
            return;
        known.AskAgain();
        if (await ConnectionOf(credential.ConnectionId, stop) is not { } connection)
            return;
        db.Audit.RecordOfSite(
            actor,
            "credential-locked",
            clock,
            connection.SiteId,
            ("connection", connection.Id.ToString()),
            ("credential", credential.Id.ToString())
        );
        await db.SaveChangesAsync(stop);
    }

    /// <summary>Null for one that was made a moment ago.</summary>
    private async Task<Connection?> ConnectionOf(Guid id, CancellationToken stop) =>
        (await book.Read(stop)).Connections.GetValueOrDefault(id);

    private Task<Showing?> Usable(Guid credential, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        return db.Set<Credential>()
            .Where(c => c.Id == credential && c.RevokedAt == null)
            .Where(c => c.LockedUntil == null || c.LockedUntil <= now)
            .Select(c => new Showing(c.ConnectionId, c.Id, DateTimeOffset.MaxValue, c.LastUsedAt))
            .SingleOrDefaultAsync(stop);
    }

    private async Task NoteUse(Showing shown, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var old = now - UsedToThe;
        if (shown.LastUsedAt > old)
            return;
        await db.Set<Credential>()
            .Where(c => c.Id == shown.CredentialId && (c.LastUsedAt == null || c.LastUsedAt <= old))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastUsedAt, now), stop);
    }

    /// <summary>256 random bits as text that needs no escaping in a header, a form or an address.</summary>
    public static string NewSecret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private sealed record Showing(
        Guid ConnectionId,
        Guid CredentialId,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? LastUsedAt
    );
}
