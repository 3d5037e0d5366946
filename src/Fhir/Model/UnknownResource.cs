using System.Text.Json;
using Rms.Fhir.Json;

namespace Rms.Fhir.Model;

/// <summary>
/// A resource of a type that has no class here. It keeps its JSON and writes it again unchanged, but for white space.
/// <see cref="Resource.Id"/> is read from it; setting that, or the other properties, changes nothing of what is written.
/// </summary>
public sealed class UnknownResource : Resource
{
    private static readonly Shape OwnShape = new("Resource", 0, 0, 0, 0, []);

    /// <param name="resourceType">What its <c>resourceType</c> says; empty when it says nothing.</param>
    /// <param name="json">The whole JSON object in UTF-8. It is kept, not copied.</param>
    /// <exception cref="JsonException">The bytes are not one JSON object.</exception>
    public UnknownResource(string resourceType, ReadOnlyMemory<byte> json)
    {
        ResourceType = resourceType;
        Json = json;
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A resource is a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String)
            {
                Id = reader.GetString();
            }

            reader.Skip();
        }
    }

    /// <inheritdoc/>
    public override string ResourceType { get; }

    /// <summary>The resource as it came, in UTF-8: a slice of what was read.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    internal override Shape Shape => OwnShape;

    internal override int Find(ReadOnlySpan<byte> name) => -1;

    internal override void ReadAt(int key, ref JsonIn json) =>
        throw new InvalidOperationException("An unknown resource is taken whole.");

    internal override void Write(JsonOut json) => json.Members(Json.Span);
}
