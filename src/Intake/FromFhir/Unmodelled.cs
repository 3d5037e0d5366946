using System.Text.Json;
using F = Rms.Fhir.Model;

namespace Rms.Intake.FromFhir;

/// <summary>
/// Looks into resources of types that Rms.Fhir has no class for. They come as JSON that the reader found to be well
/// formed; nothing else is known of them.
/// </summary>
internal static class Unmodelled
{
    // The reader's own bound is lower: this one is only never in the way.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 4096 };

    /// <summary>The first of these members that is a CodeableConcept with anything in it.</summary>
    public static F.CodeableConcept? Concept(F.UnknownResource resource, params ReadOnlySpan<string> names)
    {
        using var json = JsonDocument.Parse(resource.Json, Options);
        foreach (var name in names)
        {
            if (Member(json.RootElement, name) is { ValueKind: JsonValueKind.Object } found)
            {
                var concept = new F.CodeableConcept { Text = Text(found, "text") };
                foreach (var coding in Items(found, "coding"))
                {
                    concept.Coding.Add(
                        new F.Coding
                        {
                            System = Text(coding, "system"),
                            Code = Text(coding, "code"),
                            Display = Text(coding, "display"),
                        }
                    );
                }
                return concept;
            }
        }
        return null;
    }

    /// <summary>The first of these members that is a string.</summary>
    public static string? Text(F.UnknownResource resource, params ReadOnlySpan<string> names)
    {
        using var json = JsonDocument.Parse(resource.Json, Options);
        foreach (var name in names)
        {
            if (Text(json.RootElement, name) is { } text)
                return text;
        }
        return null;
    }

    /// <summary>Whether its meta, or that of a resource in it, has this code as a security label or tag.</summary>
    public static bool IsLabelled(F.UnknownResource resource, ReadOnlySpan<byte> code)
    {
        // Nearly all have it nowhere: then nothing is parsed.
        if (resource.Json.Span.IndexOf(code) < 0)
            return false;
        using var json = JsonDocument.Parse(resource.Json, Options);
        if (Labelled(json.RootElement, code))
            return true;
        foreach (var contained in Items(json.RootElement, "contained"))
        {
            if (Labelled(contained, code))
                return true;
        }
        return false;
    }

    private static bool Labelled(JsonElement resource, ReadOnlySpan<byte> code)
    {
        if (Member(resource, "meta") is not { } meta)
            return false;
        foreach (var label in Items(meta, "security").Concat(Items(meta, "tag")))
        {
            if (Member(label, "code") is { ValueKind: JsonValueKind.String } value && value.ValueEquals(code))
                return true;
        }
        return false;
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static JsonElement[] Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
