using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rms.Core;
using Rms.IntegrationTests.Fixtures;
using Shouldly;

namespace Rms.BrowserTests;

/// <summary>A referral that the app received.</summary>
/// <param name="Id">Its id here.</param>
/// <param name="Reference">Its id at the source.</param>
/// <param name="Family">The patient's family name, which no other referral has.</param>
public sealed record Arrived(Guid Id, string Reference, string Family)
{
    /// <summary>The address of its page.</summary>
    public string Path => $"/referrals/{Id}";
}

/// <summary>
/// Sends the repository's own messages (tests/vectors) to the app over HTTP, each time as a new referral: every id in it is
/// replaced by a fresh one, and the patient gets a name of their own.
/// </summary>
public sealed partial class Referrer(RunningApp app)
{
    private static int sent;

    /// <summary>Sends one and waits for the answer, which the app gives only when it is durable.</summary>
    /// <param name="vector">The file's name after add-service-request, without its ending: form, htest, self-referral; empty.</param>
    /// <param name="change">Changes the message before it is sent: the resource types' first resources by name.</param>
    public async Task<Arrived> Send(string vector = "", Action<Func<string, JsonNode>>? change = null)
    {
        string file = $"add-service-request{(vector.Length > 0 ? "." : "")}{vector}.json";
        string text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "vectors", file));
        ConcurrentDictionary<string, string> fresh = new();
        text = AnyId().Replace(text, id => fresh.GetOrAdd(id.Value, _ => Ids.New(TimeProvider.System).ToString()));

        JsonNode message = JsonNode.Parse(text)!;
        JsonNode First(string type) =>
            message["entry"]!
                .AsArray()
                .Select(entry => entry!["resource"]!)
                .First(resource => (string?)resource["resourceType"] == type);
        string family = Name(Interlocked.Increment(ref sent));
        JsonNode name = First("Patient")["name"]![0]!;
        name["family"] = family;
        name.AsObject().Remove("text");
        change?.Invoke(First);
        string reference = (string)First("ServiceRequest")["identifier"]![0]!["value"]!;

        using HttpRequestMessage request = new(HttpMethod.Post, "/fhir/$process-message");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Token());
        request.Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/fhir+json");
        using HttpResponseMessage answer = await app.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        Guid id = await app.Database.Scalar<Guid>($"select id from core.referral where reference = '{reference}'");
        return new Arrived(id, reference, family);
    }

    private async Task<string> Token()
    {
        using FormUrlEncodedContent form = new(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = "demo-source-v11",
                ["client_secret"] = "demo-source-v11-secret",
            }
        );
        using HttpResponseMessage answer = await app.Http.PostAsync("/oauth2/token", form);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!;
    }

    /// <summary>Aab, Aac and so on, so that no name is the beginning of another.</summary>
    private static string Name(int number) =>
        "Zimm"
        + (char)('a' + (number / 26 / 26 % 26))
        + (char)('a' + (number / 26 % 26))
        + (char)('a' + (number % 26))
        + "er";

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.None, 10_000)]
    private static partial Regex AnyId();
}
