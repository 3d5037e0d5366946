using System.Text.Json;
using System.Text.Unicode;
using Rms.Fhir.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir;

/// <summary>Reads FHIR R4 resources from JSON in UTF-8.</summary>
public static class FhirReader
{
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>
    /// Reads one resource and tells every fault. It throws for no input whatever.
    /// </summary>
    /// <param name="utf8">
    /// The JSON. It must not change while the resource is in use: base64 and unknown resources keep slices of it.
    /// </param>
    /// <param name="options">Manner and bounds; tolerant when null.</param>
    public static FhirRead<T> Read<T>(ReadOnlyMemory<byte> utf8, ReadOptions? options = null)
        where T : Resource
    {
        options ??= ReadOptions.Tolerant;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDepth, 500, nameof(options));
        var context = new ReadContext(options);
        T? resource = null;
        try
        {
            resource = As<T>(Root(utf8, context), context);
        }
        catch (StopReading)
        {
            // The fatal issue is noted.
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            context.Fatal(Faults.BadJson, "structure", $"This is not JSON{place}.");
        }

        if (resource is not null && context.Strict)
        {
            foreach (var issue in FhirInvariants.Check(resource))
            {
                context.Add(issue);
            }
        }

        return new FhirRead<T>(resource, context.Issues);
    }

    private static Resource? Root(ReadOnlyMemory<byte> utf8, ReadContext context)
    {
        if (utf8.Length > context.Options.MaxBytes)
        {
            var text = $"The input is larger than {context.Options.MaxBytes} bytes.";
            throw context.Fatal(Faults.TooLarge, "too-long", text);
        }

        if (utf8.Span.StartsWith(Mark))
        {
            context.Odd(Faults.ByteOrderMark, "structure", "The input starts with a byte order mark.");
            utf8 = utf8[Mark.Length..];
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            throw context.Fatal(Faults.BadUtf8, "structure", "The input is not UTF-8.");
        }

        return new JsonIn(utf8, context).Root();
    }

    private static T? As<T>(Resource? root, ReadContext context)
        where T : Resource
    {
        if (root is T resource)
        {
            return resource;
        }

        var wanted = typeof(T) == typeof(FhirTask) ? "Task" : typeof(T).Name;
        var found = root is null or { ResourceType: "" } ? "no resource" : "another resource";
        throw context.Fatal(Faults.WrongResource, "structure", $"A {wanted} is expected here; this is {found}.");
    }
}
