using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Rms.Simulator.Messages;
using Rms.Simulator.State;

namespace Rms.Simulator.Receiving;

/// <summary>
/// Gives out opaque tokens to the target, which shows the connection's own id and secret, and recognises them. Tokens
/// do not outlive the process: after a restart the target must fetch a new one.
/// </summary>
internal sealed class TokenOffice(Failures failures, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (GuideVersion Version, DateTimeOffset Expires)> tokens = [];

    /// <summary>Tokens given out since the start.</summary>
    public int Given { get; private set; }

    /// <summary>Token requests refused since the start: a target that hammers shows here.</summary>
    public int Refused { get; private set; }

    /// <summary>The connection with this id and secret; null, and counted, when there is none.</summary>
    public GuideVersion? Recognise(string? id, string? secret)
    {
        var version = GuideVersion.All.FirstOrDefault(v => v.Connection == id);
        if (version is not null && SameText(version.Secret, secret ?? ""))
        {
            return version;
        }

        lock (gate)
        {
            Refused++;
        }

        return null;
    }

    /// <summary>A new token and its life in seconds.</summary>
    public (string Token, int Seconds) Give(GuideVersion version)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var seconds = failures.TokenSeconds;
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (old, entry) in tokens.ToList())
            {
                if (entry.Expires <= now)
                {
                    tokens.Remove(old);
                }
            }

            tokens[token] = (version, now.AddSeconds(seconds));
            Given++;
        }

        return (token, seconds);
    }

    /// <summary>The connection that a request's Authorization header speaks for; null without a token that holds.</summary>
    public GuideVersion? Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        lock (gate)
        {
            return tokens.TryGetValue(header[Scheme.Length..].Trim(), out var found) && found.Expires > time.GetUtcNow()
                ? found.Version
                : null;
        }
    }

    /// <summary>Makes all tokens worthless.</summary>
    public void Forget()
    {
        lock (gate)
        {
            tokens.Clear();
        }
    }

    private static bool SameText(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
