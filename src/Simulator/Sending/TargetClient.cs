using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rms.Simulator.Messages;

namespace Rms.Simulator.Sending;

/// <summary>What came of an attempt to send.</summary>
/// <param name="Status">HTTP status of the target's answer; null when there was none.</param>
/// <param name="Detail">One line for people when it did not go well; null otherwise.</param>
/// <param name="RetryAfter">What the target asked for with Retry-After.</param>
internal sealed record Answer(int? Status, byte[] Body, string? Detail, TimeSpan? RetryAfter = null)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>
/// Posts to the target with OAuth2 client credentials. One token per connection is kept until shortly before it
/// expires; a 401 fetches a new one once. A target that refuses the credentials is not asked again for a while that
/// doubles from 1 to 60 seconds, since failed logins can lock an account.
/// </summary>
internal sealed class TargetClient(HttpClient http, Settings settings, TimeProvider time)
{
    private readonly Dictionary<GuideVersion, TokenDesk> desks = GuideVersion.All.ToDictionary(
        v => v,
        _ => new TokenDesk()
    );

    /// <summary>When the target last answered anything at all; null before the first time.</summary>
    public DateTimeOffset? LastAnswer { get; private set; }

    /// <summary>Sends the bytes as application/fhir+json.</summary>
    public async Task<Answer> Send(GuideVersion version, byte[] body, CancellationToken stop)
    {
        try
        {
            var (token, refusal) = await Token(version, fresh: null, stop);
            if (token is null)
            {
                return refusal!;
            }

            var answer = await Post(token, body, stop);
            if (answer.Status != 401)
            {
                return answer;
            }

            (token, refusal) = await Token(version, fresh: token, stop);
            return token is null ? refusal! : await Post(token, body, stop);
        }
        catch (HttpRequestException fault)
        {
            return new Answer(null, [], $"No answer from {settings.Target}: {fault.HttpRequestError}.");
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Answer(null, [], $"No answer from {settings.Target} in time.");
        }
    }

    /// <summary>Whether the target says that it is ready for work.</summary>
    public async Task<bool> Ready(CancellationToken stop)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"{settings.Target}/health/ready"), stop);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<Answer> Post(string token, byte[] body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.Target}/fhir/$process-message")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json", "utf-8");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/fhir+json");
        using var response = await http.SendAsync(request, stop);
        LastAnswer = time.GetUtcNow();
        var status = (int)response.StatusCode;
        var wait = response.Headers.RetryAfter;
        return new Answer(
            status,
            await response.Content.ReadAsByteArrayAsync(stop),
            response.IsSuccessStatusCode ? null : $"The target answered {status}.",
            wait?.Delta ?? (wait?.Date - time.GetUtcNow())
        );
    }

    /// <param name="fresh">A token that the target has just refused; it is not used again.</param>
    private async Task<(string? Token, Answer? Refusal)> Token(
        GuideVersion version,
        string? fresh,
        CancellationToken stop
    )
    {
        var desk = desks[version];
        await desk.Turn.WaitAsync(stop);
        try
        {
            var now = time.GetUtcNow();
            if (desk.Token is not null && desk.Token != fresh && now < desk.Expires)
            {
                return (desk.Token, null);
            }

            if (now < desk.NotBefore)
            {
                var seconds = Math.Ceiling((desk.NotBefore - now).TotalSeconds);
                return (null, new Answer(null, [], $"{desk.LastRefusal} Not asking again for {seconds} s."));
            }

            desk.Token = null;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.Target}/oauth2/token");
            var credentials = Encoding.UTF8.GetBytes($"{version.Connection}:{version.Secret}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
            request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
            using var response = await http.SendAsync(request, stop);
            LastAnswer = time.GetUtcNow();
            var body = await response.Content.ReadAsByteArrayAsync(stop);
            if (response.StatusCode == HttpStatusCode.OK && TryRead(body, out var token, out var life))
            {
                desk.Token = token;
                desk.Expires = now + life;
                desk.Refusals = 0;
                return (token, null);
            }

            desk.Refusals++;
            desk.NotBefore = now + TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, desk.Refusals - 1)));
            desk.LastRefusal =
                $"The target's token endpoint answered {(int)response.StatusCode} to {version.Connection}.";
            return (null, new Answer((int)response.StatusCode, body, desk.LastRefusal));
        }
        finally
        {
            desk.Turn.Release();
        }
    }

    private static bool TryRead(byte[] body, out string token, out TimeSpan life)
    {
        token = "";
        life = TimeSpan.FromMinutes(5);
        try
        {
            var answer = JsonNode.Parse(body) as JsonObject;
            if (answer?["access_token"] is not JsonValue text || !text.TryGetValue(out string? given))
            {
                return false;
            }

            token = given;
            if (answer["expires_in"] is JsonValue seconds && seconds.TryGetValue(out double count))
            {
                // A tenth, at most half a minute, is left for the way.
                life = TimeSpan.FromSeconds(count - Math.Min(30, count / 10));
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class TokenDesk
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public string? Token { get; set; }
        public DateTimeOffset Expires { get; set; }
        public int Refusals { get; set; }
        public DateTimeOffset NotBefore { get; set; }
        public string LastRefusal { get; set; } = "";
    }
}
