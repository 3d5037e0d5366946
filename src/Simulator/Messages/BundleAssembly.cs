using System.Globalization;
using System.Text.Json.Nodes;

namespace Rms.Simulator.Messages;

/// <summary>
/// A message Bundle under construction. Resources are named by type and a key of the writer's; how an entry is
/// identified and referenced is what differs between the guide versions: v0.10.0 gives every resource an id, no
/// fullUrl, and references like <c>Patient/id</c>; v0.11.1 gives urn:uuid fullUrls, new in every message, and ids to
/// nothing but the header, whose fullUrl is the bare id.
/// </summary>
internal sealed class BundleAssembly(GuideVersion version, string referral, string messageId, bool testData)
{
    private readonly JsonArray entries = [];

    public GuideVersion Version { get; } = version;

    public string MessageId { get; } = messageId;

    /// <summary>Where the entry of this type and key is, or will be, found.</summary>
    public string Where(string type, string key) =>
        Version.IsV010 ? $"{type}/{Id(type, key)}" : $"urn:uuid:{Uuid(type, key)}";

    public JsonObject Reference(string type, string key) => Json.Reference(Where(type, key));

    /// <summary>Adds an entry. Members without a value are left out.</summary>
    public void Add(string type, string key, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var header = type == "MessageHeader";
        var resource = Json.Object(
            ("resourceType", type),
            (
                "id",
                header ? MessageId
                : Version.IsV010 ? Id(type, key)
                : null
            ),
            ("meta", Meta(type))
        );
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                resource[name] = value;
            }
        }

        entries.Add(
            Json.Object(
                (
                    "fullUrl",
                    Version.IsV010 ? null
                    : header ? MessageId
                    : Where(type, key)
                ),
                ("resource", resource)
            )
        );
    }

    /// <summary>The finished Bundle.</summary>
    public JsonObject Finish(DateTimeOffset at)
    {
        var stamp = Milliseconds(at);
        return Json.Object(
            ("resourceType", "Bundle"),
            ("id", Ids.From($"bundle of {MessageId}")),
            ("meta", Json.Object(("lastUpdated", stamp), ("security", Security()))),
            ("type", "message"),
            ("timestamp", stamp),
            ("entry", entries)
        );
    }

    /// <summary>An instant with milliseconds and the offset that it was given.</summary>
    public static string Milliseconds(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

    /// <summary>A moment to the second, with the offset that it was given.</summary>
    public static string Seconds(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private JsonObject Meta(string type)
    {
        // The 2023 payloads carry the bar between canonical and version percent-encoded.
        var bar = Version.IsV010 ? "%7C" : "|";
        return Json.Object(
            ("profile", Json.List($"{Uris.Profile}{type}{bar}{Version.ProfileVersion(type)}")),
            ("security", Security())
        );
    }

    private JsonArray? Security() =>
        testData ? Json.List(Json.Coding(Uris.ActReason, "HTEST", "test health data")) : null;

    private string Id(string type, string key) =>
        type switch
        {
            "ServiceRequest" => referral,
            // The source names its listings and letters; everything else has a UUID that outlives the message.
            "PractitionerRole" when key.StartsWith("listing:", StringComparison.Ordinal) => key["listing:".Length..],
            "DocumentReference" when key == "letter" => $"referral-{referral}",
            "DocumentReference" => key,
            _ => Ids.From($"{type} {key}"),
        };

    private string Uuid(string type, string key) =>
        type == "ServiceRequest" ? referral : Ids.From($"{MessageId} {type} {key}");
}
