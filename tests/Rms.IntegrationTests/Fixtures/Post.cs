using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rms.UnitTests;

namespace Rms.IntegrationTests.Fixtures;

/// <summary>Sends as a source does: a token first, then messages.</summary>
public sealed class Post(HttpClient http, string client)
{
    private string? _token;

    public static Post V10(HttpClient http) => new(http, "demo-source-v10");

    public static Post V11(HttpClient http) => new(http, "demo-source-v11");

    /// <summary>Sends a message and gives the answer.</summary>
    public async Task<HttpResponseMessage> Send(
        byte[] body,
        string type = "application/fhir+json",
        string path = "/fhir/$process-message"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token ??= await Token());
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return await http.SendAsync(request);
    }

    public async Task<string> Token()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token?grant_type=client_credentials");
        request.Headers.Authorization = Basic(client, client + "-secret");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.GetValue<string>();
    }

    public static AuthenticationHeaderValue Basic(string name, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
}

/// <summary>A message that was not sent before: one of the vectors, under ids of its own.</summary>
public sealed partial class NewMessage
{
    private static int _made;

    private NewMessage(string text, string reference) => (Text, Reference) = (text, reference);

    public string Text { get; }

    /// <summary>The referral's id at its source.</summary>
    public string Reference { get; }

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    /// <summary>For example v0.11.1/add-service-request.</summary>
    public static NewMessage From(string vector)
    {
        var text = Encoding.UTF8.GetString(Vectors.Bytes(vector));
        var header = JsonNode.Parse(text)!["entry"]!
            .AsArray()
            .Select(e => e!["resource"]!)
            .Single(r => r["resourceType"]!.GetValue<string>() == "MessageHeader");
        var extension = header["extension"]![0]!;
        var reference = (extension["valueString"] ?? extension["valueIdentifier"]!["value"])!.GetValue<string>();
        var fresh = Id();
        return new NewMessage(
            text.Replace(header["id"]!.GetValue<string>(), Id(), StringComparison.Ordinal)
                .Replace(reference, fresh, StringComparison.Ordinal),
            fresh
        );
    }

    /// <summary>The same about another referral.</summary>
    public NewMessage As(string reference) =>
        new(Text.Replace(Reference, reference, StringComparison.Ordinal), reference);

    /// <summary>A faulty message under a message id of its own; its faults stay byte for byte.</summary>
    public static byte[] WithOwnId(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message);
        var id = HeaderId().Match(text).Groups["id"];
        return Encoding.Latin1.GetBytes(text[..id.Index] + Id() + text[(id.Index + id.Length)..]);
    }

    [GeneratedRegex("\"MessageHeader\"[^}]*?\"id\"\\s*:\\s*\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderId();

    /// <summary>Another message about the same referral: an id of its own, an event, and when it was sent.</summary>
    public NewMessage Then(string @event, string? sentAt = null)
    {
        var id = HeaderId().Match(Text).Groups["id"].Value;
        var next = With(id, Id()).With("\"add-service-request\"", $"\"{@event}\"");
        return sentAt is null
            ? next
            : new NewMessage(Timestamp().Replace(next.Text, $"${{before}}{sentAt}\""), Reference);
    }

    [GeneratedRegex("(?<before>\"(timestamp|lastUpdated)\"\\s*:\\s*\")[^\"]+\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Timestamp();

    /// <summary>The same with a text replaced.</summary>
    public NewMessage With(string old, string @new) =>
        Text.Contains(old, StringComparison.Ordinal)
            ? new NewMessage(Text.Replace(old, @new, StringComparison.Ordinal), Reference)
            : throw new ArgumentException($"The message does not hold {old}", nameof(old));

    // Counted, not random: a failing run can be run again.
    private static string Id() =>
        new Guid(Interlocked.Increment(ref _made), 7, 7, [8, 0, 0, 0, 0, 0, 0, (byte)Environment.ProcessId]).ToString();
}
