using System.Text.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir.Json;

/// <summary>Writes the model as FHIR's JSON. Null and empty texts, lists and elements leave no trace.</summary>
internal sealed class JsonOut(Utf8JsonWriter json)
{
    public void Resource(Resource resource)
    {
        json.WriteStartObject();
        resource.Write(this);
        json.WriteEndObject();
    }

    public void ResourceType(string type) => json.WriteString(Names.ResourceType, type);

    public void One(JsonEncodedText name, Element? element)
    {
        if (element is { IsEmpty: false })
        {
            json.WritePropertyName(name);
            Object(element);
        }
    }

    public void One(JsonEncodedText name, Resource? resource)
    {
        if (resource is not null)
        {
            json.WritePropertyName(name);
            Resource(resource);
        }
    }

    public void List<T>(JsonEncodedText name, List<T>? list)
        where T : Element
    {
        if (list is not { Count: > 0 })
        {
            return;
        }

        var open = false;
        foreach (var element in list)
        {
            if (element.IsEmpty)
            {
                continue;
            }

            if (!open)
            {
                json.WriteStartArray(name);
                open = true;
            }

            Object(element);
        }

        if (open)
        {
            json.WriteEndArray();
        }
    }

    public void Resources(JsonEncodedText name, List<Resource>? list)
    {
        if (list is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var resource in list)
        {
            Resource(resource);
        }

        json.WriteEndArray();
    }

    public void Text(FhirNode node, JsonEncodedText name, string? value)
    {
        if (value is { Length: > 0 })
        {
            json.WriteString(name, value);
        }

        Side(node, name);
    }

    public void Boolean(FhirNode node, JsonEncodedText name, bool? value)
    {
        if (value is { } b)
        {
            json.WriteBoolean(name, b);
        }

        Side(node, name);
    }

    public void Integer(FhirNode node, JsonEncodedText name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }

        Side(node, name);
    }

    public void Decimal(FhirNode node, JsonEncodedText name, FhirDecimal? value)
    {
        if (value is { } number)
        {
            json.WritePropertyName(name);
            Value(number);
        }

        Side(node, name);
    }

    public void Base64(FhirNode node, JsonEncodedText name, FhirBase64? value)
    {
        if (value is { } content)
        {
            json.WritePropertyName(name);
            Value(content);
        }

        Side(node, name);
    }

    /// <summary>A list of primitives, and beside it the list of their ids and extensions, with null where one has none.</summary>
    public void Texts(FhirNode node, JsonEncodedText name, List<string>? list)
    {
        var key = node.HasSides ? name.Value : null;
        if (key is null || node.LastSideOf(key) < 0)
        {
            if (list is { Count: > 0 } && list.Exists(text => text.Length > 0))
            {
                json.WriteStartArray(name);
                foreach (var text in list)
                {
                    if (text.Length > 0)
                    {
                        json.WriteStringValue(text);
                    }
                }

                json.WriteEndArray();
            }

            return;
        }

        TextsWithSides(node, name, list ?? [], key);
    }

    /// <summary>A choice: <c>value</c> and the name of the type it holds.</summary>
    public void Choice(JsonEncodedText name, Element? element)
    {
        switch (element)
        {
            case null or { IsEmpty: true }:
                return;
            case FhirPrimitive primitive:
                if (primitive.Text is { Length: > 0 })
                {
                    ChoiceName("", name, primitive.Suffix);
                    primitive.WriteValue(this);
                }

                if (!string.IsNullOrEmpty(primitive.Id) || primitive.HasExtensions)
                {
                    ChoiceName("_", name, primitive.Suffix);
                    Object(primitive);
                }

                return;
            default:
                ChoiceName("", name, element.Shape.TypeName);
                Object(element);
                return;
        }
    }

    public void Value(string value) => json.WriteStringValue(value);

    public void Value(bool value) => json.WriteBooleanValue(value);

    public void Value(int value) => json.WriteNumberValue(value);

    public void Value(FhirDecimal value) => json.WriteRawValue(value.ToString(), skipInputValidation: true);

    public void Value(FhirBase64 value)
    {
        if (value.IsText)
        {
            json.WriteStringValue(value.Data);
        }
        else
        {
            json.WriteBase64StringValue(value.Data);
        }
    }

    /// <summary>The members of a JSON object, without its braces and white space.</summary>
    public void Members(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    json.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.StartObject:
                    json.WriteStartObject();
                    break;
                case JsonTokenType.EndObject when reader.CurrentDepth == 0:
                    return;
                case JsonTokenType.EndObject:
                    json.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    json.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    json.WriteEndArray();
                    break;
                case JsonTokenType.String:
                    json.WriteStringValue(reader.GetString());
                    break;
                default:
                    json.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }
    }

    private void Object(Element element)
    {
        json.WriteStartObject();
        element.Write(this);
        json.WriteEndObject();
    }

    private void Side(FhirNode node, JsonEncodedText name)
    {
        if (node.HasSides && node.PrimitiveOf(name.Value) is { } side)
        {
            json.WritePropertyName("_" + name.Value);
            Object(side);
        }
    }

    private void TextsWithSides(FhirNode node, JsonEncodedText name, List<string> list, string key)
    {
        // An empty text without extensions says nothing and would break the rule against empty values: it goes.
        var places = new List<int>();
        for (var i = 0; i < Math.Max(list.Count, node.LastSideOf(key) + 1); i++)
        {
            if ((i < list.Count && list[i].Length > 0) || node.PrimitiveOf(key, i) is not null)
            {
                places.Add(i);
            }
        }

        if (places.Exists(i => i < list.Count && list[i].Length > 0))
        {
            json.WriteStartArray(name);
            foreach (var i in places)
            {
                if (i < list.Count && list[i].Length > 0)
                {
                    json.WriteStringValue(list[i]);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
        }

        json.WriteStartArray("_" + key);
        foreach (var i in places)
        {
            if (node.PrimitiveOf(key, i) is { } side)
            {
                Object(side);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private void ChoiceName(string before, JsonEncodedText name, string suffix)
    {
        Span<byte> text = stackalloc byte[96];
        System.Text.Unicode.Utf8.TryWrite(text, $"{before}{name.Value}{suffix}", out var length);
        json.WritePropertyName(text[..length]);
    }
}
