using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rms.Simulator.Receiving;

/// <summary>A received Bundle: its entries, and what each reference leads to. It forgives any shape.</summary>
internal sealed class BundleView
{
    private readonly Dictionary<string, Entry> found = [];

    private BundleView(JsonObject bundle)
    {
        Bundle = bundle;
        Entries = (bundle["entry"] as JsonArray ?? [])
            .Select((entry, i) => new Entry(i, Text(entry, "fullUrl"), entry.At("resource") as JsonObject))
            .ToList();
        foreach (var entry in Entries)
        {
            // The first entry of a name wins; a second one is reported by the inspection.
            if (entry.FullUrl is { } url)
            {
                found.TryAdd(url, entry);
            }

            if (Text(entry.Resource, "id") is { } id)
            {
                found.TryAdd($"{entry.Type}/{id}", entry);
            }
        }
    }

    public JsonObject Bundle { get; }
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>The first entry's resource when it is a MessageHeader; null otherwise.</summary>
    public JsonObject? Header => Entries.Count > 0 && Entries[0].Type == "MessageHeader" ? Entries[0].Resource : null;

    public string? Event => Text(Header?["eventCoding"], "code");

    /// <summary>The referral id: from the header's extensions, else from the ServiceRequest's identifier or id.</summary>
    public string? Referral
    {
        get
        {
            foreach (var extension in Header?["extension"] as JsonArray ?? [])
            {
                switch (Text(extension, "url"))
                {
                    case Messages.Uris.ReferralIdText when Text(extension, "valueString") is { } text:
                        return text;
                    case Messages.Uris.ReferralIdentifier
                        when Text(extension.At("valueIdentifier"), "value") is { } value:
                        return value;
                }
            }

            var request = Entries.FirstOrDefault(e => e.Type == "ServiceRequest")?.Resource;
            return (request?["identifier"] as JsonArray ?? [])
                    .Where(i => Text(i, "system")?.EndsWith("id-ereferral-reference", StringComparison.Ordinal) == true)
                    .Select(i => Text(i, "value"))
                    .FirstOrDefault(value => value is not null)
                ?? Text(request, "id");
        }
    }

    /// <summary>Parses bytes. Null with one line on why, when they are not a JSON object.</summary>
    public static BundleView? Parse(byte[] body, out string? fault)
    {
        try
        {
            var node = JsonNode.Parse(
                body,
                documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }
            );
            fault = node is JsonObject ? null : "The body is not a JSON object.";
            return node is JsonObject bundle ? new BundleView(bundle) : null;
        }
        catch (JsonException unreadable)
        {
            fault = $"The body cannot be read as JSON: {unreadable.Message}";
            return null;
        }
    }

    /// <summary>The entry that a Reference element leads to; null when it leads nowhere in this bundle.</summary>
    public Entry? Resolve(JsonNode? reference)
    {
        var text = Text(reference, "reference");
        if (text is null)
        {
            return null;
        }

        if (found.TryGetValue(text, out var entry))
        {
            return entry;
        }

        // An absolute address may name by Type/id an entry that has no fullUrl, and the other way round.
        var parts = text.Split('/');
        return parts.Length >= 2 && found.TryGetValue($"{parts[^2]}/{parts[^1]}", out entry) ? entry : null;
    }

    /// <summary>The text of a member; null when it is not there or not a string.</summary>
    public static string? Text(JsonNode? node, string name) =>
        node.At(name) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <param name="FullUrl">As given.</param>
    internal sealed record Entry(int Index, string? FullUrl, JsonObject? Resource)
    {
        public string? Type => Text(Resource, "resourceType");

        public string Path => $"Bundle.entry[{Index}].resource";
    }
}

internal static class JsonReading
{
    /// <summary>The member of an object; null for anything else.</summary>
    public static JsonNode? At(this JsonNode? node, string name) => node is JsonObject o ? o[name] : null;

    /// <summary>The items of a list; none for anything else.</summary>
    public static IEnumerable<JsonNode?> Items(this JsonNode? node) => node as JsonArray ?? [];
}
