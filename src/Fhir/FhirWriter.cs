using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rms.Fhir.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>How to write.</summary>
public sealed record WriteOptions
{
    /// <summary>Line breaks and indentation, for people. Compact otherwise.</summary>
    public bool Indented { get; init; }
}

/// <summary>
/// Writes resources as JSON in UTF-8, elements in FHIR's order, <c>resourceType</c> first. The result is meant for
/// application/fhir+json and escapes only what JSON must: do not put it into HTML as it is.
/// </summary>
public static class FhirWriter
{
    private static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = int.MaxValue,
    };

    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, NewLine = "\n" };

    /// <summary>The resource as compact JSON.</summary>
    public static byte[] Write(Resource resource)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        Write(buffer, resource);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The resource as JSON, appended to a buffer.</summary>
    public static void Write(IBufferWriter<byte> buffer, Resource resource, WriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        using var json = new Utf8JsonWriter(buffer, options is { Indented: true } ? Indented : Compact);
        new JsonOut(json).Resource(resource);
    }
}
