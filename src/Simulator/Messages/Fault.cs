using System.Text;
using System.Text.Json.Nodes;

namespace Rms.Simulator.Messages;

/// <summary>A way to spoil a message on purpose, to see how a target answers.</summary>
/// <param name="Key">How scripts name it.</param>
/// <param name="Name">What the page shows.</param>
internal sealed record Fault(string Key, string Name, Func<JsonObject, byte[]> Spoil)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("truncated", "Cut off half-way", bundle => Json.Bytes(bundle)[..(Json.Bytes(bundle).Length / 2)]),
        new("bad-utf8", "Bytes that are not UTF-8", BadUtf8),
        new("duplicate-key", "A member given twice", DuplicateKey),
        new("not-a-message", "Bundle of another type", Change(bundle => bundle["type"] = "collection")),
        new("no-header", "No MessageHeader", Change(bundle => Entries(bundle).RemoveAt(0))),
        new(
            "unknown-event",
            "An event that no guide knows",
            Change(b => Header(b)["eventCoding"]!["code"] = "sing-a-song")
        ),
        new("no-service-request", "No ServiceRequest", Change(bundle => Remove(bundle, "ServiceRequest"))),
        new("no-patient", "No Patient", Change(bundle => Remove(bundle, "Patient"))),
        new("bad-date", "A birth date that is none", Change(b => Find(b, "Patient")["birthDate"] = "1970-02-31")),
        new(
            "bad-code",
            "A priority that FHIR does not know",
            Change(b => Find(b, "ServiceRequest")["priority"] = "soon")
        ),
        new(
            "unknown-listing",
            "A listing that the target does not have",
            Change(bundle =>
            {
                foreach (var identifier in Find(bundle, "PractitionerRole", "specialty")["identifier"]!.AsArray())
                {
                    identifier!["value"] = "no-such-listing";
                }
            })
        ),
    ];

    /// <summary>The fault with this key; null when there is none.</summary>
    public static Fault? Find(string? key) => All.FirstOrDefault(f => f.Key == key);

    private static Func<JsonObject, byte[]> Change(Action<JsonObject> change) =>
        bundle =>
        {
            change(bundle);
            return Json.Bytes(bundle);
        };

    private static byte[] BadUtf8(JsonObject bundle)
    {
        Find(bundle, "Patient")["name"]![0]!["family"] = "@@";
        var bytes = Json.Bytes(bundle);
        var at = bytes.AsSpan().IndexOf("@@"u8);
        bytes[at] = 0xC3;
        bytes[at + 1] = 0x28;
        return bytes;
    }

    private static byte[] DuplicateKey(JsonObject bundle)
    {
        var text = Encoding.UTF8.GetString(Json.Bytes(bundle));
        return Encoding.UTF8.GetBytes(
            text.Replace(
                "\"type\":\"message\",",
                "\"type\":\"message\",\"type\":\"message\",",
                StringComparison.Ordinal
            )
        );
    }

    private static JsonArray Entries(JsonObject bundle) => bundle["entry"]!.AsArray();

    private static JsonObject Header(JsonObject bundle) => Find(bundle, "MessageHeader");

    private static JsonObject Find(JsonObject bundle, string type, string? having = null) =>
        Entries(bundle)
            .Select(entry => entry!["resource"]!.AsObject())
            .First(r => (string?)r["resourceType"] == type && (having is null || r.ContainsKey(having)));

    private static void Remove(JsonObject bundle, string type)
    {
        foreach (var entry in Entries(bundle).Where(e => (string?)e!["resource"]!["resourceType"] == type).ToList())
        {
            Entries(bundle).Remove(entry);
        }
    }
}
