using System.Collections.ObjectModel;
using System.Text.Json;

namespace Rms.Directories;

/// <summary>Something that a referral to a listing must have.</summary>
/// <param name="Kind">field, answer, attachment or observation.</param>
/// <param name="Key">
/// A field's code (ContentField), a form's linkId, a word or words of an attachment's title, or an observation's code or
/// a word of its name.
/// </param>
/// <param name="LabelEn">What staff read, in English; null: the key.</param>
/// <param name="LabelFr">The same in French; null: the English.</param>
/// <param name="WithinDays">Only what is at most so many days old counts, and what has no date does not.</param>
public sealed record CompletenessRule(string Kind, string Key, string? LabelEn, string? LabelFr, int? WithinDays);

/// <summary>
/// Reads what a listing's jsonb columns say. The schema refuses other shapes; whatever slips through is passed over,
/// because a slip in a setting must not stop referrals from coming in.
/// </summary>
internal static class ListingRules
{
    private static readonly string[] Kinds = ["field", "answer", "attachment", "observation"];

    public static IReadOnlyDictionary<string, string> NoMapping { get; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>{"linkId": "field code"}; linkIds are compared without regard to case.</summary>
    public static IReadOnlyDictionary<string, string> Mapping(string json)
    {
        if (json.Length <= 2)
            return NoMapping;
        Dictionary<string, string> mapping = new(StringComparer.OrdinalIgnoreCase);
        using var parsed = JsonDocument.Parse(json);
        if (parsed.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var pair in parsed.RootElement.EnumerateObject())
            {
                if (pair.Value.ValueKind == JsonValueKind.String)
                    mapping[pair.Name] = pair.Value.GetString()!;
            }
        }
        return mapping;
    }

    /// <summary>[{"kind", "key", "label_en", "label_fr", "within_days"}].</summary>
    public static IReadOnlyList<CompletenessRule> Completeness(string json)
    {
        if (json.Length <= 2)
            return [];
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.ValueKind == JsonValueKind.Array
            ? [.. parsed.RootElement.EnumerateArray().Select(Rule).OfType<CompletenessRule>()]
            : [];
    }

    private static CompletenessRule? Rule(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object
        && Text(rule, "kind") is { } kind
        && Kinds.Contains(kind)
        && Text(rule, "key") is { } key
            ? new CompletenessRule(kind, key, Text(rule, "label_en"), Text(rule, "label_fr"), Days(rule))
            : null;

    private static string? Text(JsonElement rule, string name) =>
        rule.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && !string.IsNullOrWhiteSpace(value.GetString())
            ? value.GetString()!.Trim()
            : null;

    private static int? Days(JsonElement rule) =>
        rule.TryGetProperty("within_days", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var days)
            ? days
            : null;
}
