using System.Security.Cryptography;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Rms.Core;

namespace Rms.Directories;

/// <summary>
/// OAuth2 client credentials (RFC 6749, 4.4): a token for a connection, or null when the client is unknown, the secret
/// is wrong, or the credential is locked after too many failures.
/// </summary>
public sealed record IssueToken(string ClientId, Secret Secret) : IRequest<IssuedToken?>;

/// <summary>An opaque token and how long it lives.</summary>
public sealed record IssuedToken(Secret Token, TimeSpan ExpiresIn);

/// <summary>Whose token is this? Null when it is unknown, expired or revoked.</summary>
public sealed record WhoseToken(Secret Token) : IRequest<Sender?>;

/// <summary>A system that showed who it is.</summary>
/// <param name="ConnectionId">Its connection.</param>
/// <param name="MaySend">Whether it may send messages; some connections only hear from us.</param>
public sealed record Sender(Guid ConnectionId, bool MaySend);

internal sealed class Senders(RmsDb db, Book book, TimeProvider clock)
    : IRequestHandler<IssueToken, IssuedToken?>,
        IRequestHandler<WhoseToken, Sender?>
{
    private const int FailuresUntilLocked = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);
    private static readonly PasswordHasher<Credential> Hasher = new();

    // Verified in place of an unknown client's, so that an answer takes the same time.
    private static readonly string NobodysHash = HashOf("nobody");

    public static string HashOf(string secret) => Hasher.HashPassword(new Credential(), secret);

    public static bool Matches(string hash, string secret) =>
        Hasher.VerifyHashedPassword(new Credential(), hash, secret) != PasswordVerificationResult.Failed;

    public async Task<IssuedToken?> Handle(IssueToken request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var credential = await db.Set<Credential>()
            .SingleOrDefaultAsync(c => c.ClientId == request.ClientId && c.RevokedAt == null, cancellationToken);
        var right = Matches(credential?.SecretHash ?? NobodysHash, request.Secret.Value);
        if (credential is null || credential.LockedUntil > now)
            return null;
        if (!right)
        {
            credential.Failures++;
            if (credential.Failures >= FailuresUntilLocked)
                (credential.Failures, credential.LockedUntil) = (0, now + LockedFor);
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        (credential.Failures, credential.LockedUntil) = (0, null);
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        db.Set<AccessToken>()
            .Add(
                new AccessToken
                {
                    Hash = HashOf(new Secret(token)),
                    ConnectionId = credential.ConnectionId,
                    CredentialId = credential.Id,
                    IssuedAt = now,
                    ExpiresAt = now + TokenLife,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
        await db.Set<AccessToken>().Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        return new IssuedToken(new Secret(token), TokenLife);
    }

    public async Task<Sender?> Handle(WhoseToken request, CancellationToken cancellationToken)
    {
        var hash = HashOf(request.Token);
        var now = clock.GetUtcNow();
        var connection = await db.Set<AccessToken>()
            .Where(t => t.Hash == hash && t.ExpiresAt > now)
            .Where(t => db.Set<Credential>().Any(c => c.Id == t.CredentialId && c.RevokedAt == null))
            .Select(t => (Guid?)t.ConnectionId)
            .SingleOrDefaultAsync(cancellationToken);
        return connection is { } id && (await book.Read(cancellationToken)).Connections.TryGetValue(id, out var known)
            ? new Sender(id, known.MaySend)
            : null;
    }

    private static byte[] HashOf(Secret token) => SHA256.HashData(Encoding.UTF8.GetBytes(token.Value));
}
