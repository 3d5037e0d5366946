using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rms.Simulator.Messages;

/// <summary>Short ways to write FHIR JSON by hand: absent values leave no member and no empty list behind.</summary>
internal static class Json
{
    /// <summary>Compact, any script as it is: what goes over the wire.</summary>
    public static readonly JsonSerializerOptions Wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people.</summary>
    public static readonly JsonSerializerOptions Pretty = new(Wire) { WriteIndented = true };

    /// <summary>An object of the members that have a value.</summary>
    public static JsonObject Object(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                made[name] = value;
            }
        }

        return made;
    }

    /// <summary>A list of the values that are there; null when none is, since FHIR knows no empty list.</summary>
    public static JsonArray? List(params IEnumerable<JsonNode?> items)
    {
        var made = new JsonArray();
        foreach (var item in items)
        {
            if (item is not null)
            {
                made.Add(item);
            }
        }

        return made.Count == 0 ? null : made;
    }

    public static JsonObject Coding(string? system, string? code, string? display = null) =>
        Object(("system", system), ("code", code), ("display", display));

    public static JsonObject Concept(params IEnumerable<JsonNode?> codings) => Object(("coding", List(codings)));

    public static JsonObject Reference(string reference) => Object(("reference", reference));

    public static JsonObject Identifier(string system, string? value) => Object(("system", system), ("value", value));

    /// <summary>A contact point; null without a value, which no contact point may lack.</summary>
    public static JsonObject? Telecom(string system, string? value, string use) =>
        value is null ? null : Object(("system", system), ("value", value), ("use", use));

    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Wire);

    /// <summary>The JSON indented for reading; what is not JSON comes back as it is.</summary>
    public static string ForPeople(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body)?.ToJsonString(Pretty) ?? "null";
        }
        catch (JsonException)
        {
            return System.Text.Encoding.UTF8.GetString(body);
        }
    }
}
