using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rms.Core;
using Rms.Core.Http;
using Rms.Directories;

namespace Rms.Notifications.Delivery;

/// <summary>
/// Our tokens at the sources: asked for once, used until shortly before they end, and after a refusal not asked for
/// again before a pause that grows (a source locks a credential that fails too often).
/// </summary>
internal sealed class SourceTokens(OutboundHttp http, TimeProvider clock)
{
    private const int LongestAnswer = 64 * 1024;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WithoutExpiry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<Guid, Held> _held = [];

    /// <summary>A token, or null with the reason (a code) and how long to wait.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="instead">A token that the source just refused: it is not given again.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<(string? Token, string? Error, TimeSpan? Wait)> For(
        ConnectionSettings connection,
        string? instead,
        CancellationToken stop
    )
    {
        var held = _held.GetOrAdd(connection.Id, _ => new Held());
        // A token is for one place and one client: when either changes, it is forgotten.
        var settings = $"{connection.ClientId} {connection.TokenEndpoint} {connection.Endpoint}";
        await held.Asking.WaitAsync(stop);
        try
        {
            var now = clock.GetUtcNow();
            if (held.Token is { } token && token != instead && now < held.Until && held.Settings == settings)
                return (token, null, null);
            if (held.Settings == settings && now < held.NotBefore)
                return (null, "token-refused", held.NotBefore - now);
            held.Settings = settings;
            var (fresh, life, error) = await Ask(connection, stop);
            if (fresh is null)
            {
                return (null, error, held.Wait(now));
            }
            (held.Token, held.Until) = (fresh, now + life - Margin);
            return (fresh, null, null);
        }
        finally
        {
            held.Asking.Release();
        }
    }

    /// <summary>A fresh token was refused too: asking for more would change nothing, so that waits. Returns how long.</summary>
    public TimeSpan Refused(ConnectionSettings connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return _held.GetOrAdd(connection.Id, _ => new Held()).Wait(clock.GetUtcNow());
    }

    /// <summary>The source took a token: whatever was wrong is over.</summary>
    public void Taken(ConnectionSettings connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (_held.TryGetValue(connection.Id, out var held))
            held.Pause = TimeSpan.Zero;
    }

    private async Task<(string? Token, TimeSpan Life, string? Error)> Ask(
        ConnectionSettings connection,
        CancellationToken stop
    )
    {
        if (connection is not { TokenEndpoint: { } endpoint, ClientId: { } client, ClientSecret: { } secret })
            return (null, default, "no-credentials");
        var inQuery = connection.GrantTypeIn == "query";
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            inQuery ? new UriBuilder(endpoint) { Query = "grant_type=client_credentials" }.Uri : endpoint
        );
        // RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(
                Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret.Value)}")
            )
        );
        request.Content = new FormUrlEncodedContent(
            inQuery ? [] : [KeyValuePair.Create("grant_type", "client_credentials")]
        );
        try
        {
            using var response = await http.Send(request, connection.AllowPrivateAddress, stop);
            if (!response.IsSuccessStatusCode)
                return (null, default, "token-refused");
            await response.Content.LoadIntoBufferAsync(LongestAnswer, stop);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(stop));
            if (
                answer.RootElement.ValueKind != JsonValueKind.Object
                || !answer.RootElement.TryGetProperty("access_token", out var token)
                || token.ValueKind != JsonValueKind.String
            )
                return (null, default, "token-unreadable");
            var life =
                answer.RootElement.TryGetProperty("expires_in", out var seconds)
                && seconds.ValueKind == JsonValueKind.Number
                && seconds.TryGetInt32(out var number)
                && number > 0
                    ? TimeSpan.FromSeconds(number)
                    : WithoutExpiry;
            return (token.GetString(), life < Margin * 2 ? life + Margin : life, null);
        }
        catch (JsonException)
        {
            return (null, default, "token-unreadable");
        }
        catch (HttpRequestException)
        {
            return (null, default, "token-unreachable");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, default, "token-unreachable");
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed class Held
    {
        public SemaphoreSlim Asking { get; } = new(1);
        public string? Settings { get; set; }
        public string? Token { get; set; }
        public DateTimeOffset Until { get; set; }
        public DateTimeOffset NotBefore { get; set; }
        public TimeSpan Pause { get; set; }

        /// <summary>Nothing more is asked for a while: five seconds, doubled each time up to five minutes.</summary>
        public TimeSpan Wait(DateTimeOffset now)
        {
            Token = null;
            Pause = Pause == TimeSpan.Zero ? FirstPause : Shorter(Pause * 2, LongestPause);
            NotBefore = now + Pause;
            return Pause;
        }
    }
}
