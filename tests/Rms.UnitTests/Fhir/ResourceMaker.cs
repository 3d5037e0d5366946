using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rms.Fhir.Generator;

namespace Rms.UnitTests.Fhir;

/// <summary>
/// Makes JSON of random resources that keep every rule of the facts: elements in FHIR's order, required ones present,
/// primitives well formed, extensions and ids of primitives here and there. Invariants it does not know.
/// </summary>
internal sealed class ResourceMaker : IDisposable
{
    private static readonly Facts Facts = Facts.Load();
    private static readonly Dictionary<string, ClassLayout> Classes = Layout.Of(Facts).ToDictionary(c => c.Path);
    private static readonly string[] Alphabet =
    [
        "a",
        "Z",
        "é",
        "漢",
        "😀",
        " ",
        "\"",
        "\\",
        "/",
        "<",
        "&",
        "\t",
        "\n",
        "\u2028",
        "7",
    ];

    private readonly Random _random;
    private readonly Utf8JsonWriter _json;
    private int _budget = 400;

    private ResourceMaker(int seed, IBufferWriter<byte> buffer)
    {
        _random = new Random(seed);
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        _json = new Utf8JsonWriter(buffer, options);
    }

    /// <summary>The types that can be made.</summary>
    public static IReadOnlyList<string> ResourceTypes { get; } =
    [.. Classes.Values.Where(c => c.IsResource).Select(c => c.Path)];

    /// <summary>The JSON of one resource; the same for the same seed.</summary>
    public static byte[] Make(string type, int seed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var maker = new ResourceMaker(seed, buffer))
        {
            maker.Resource(type, depth: 0);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _json.Dispose();

    private void Resource(string type, int depth)
    {
        _json.WriteStartObject();
        _json.WriteString("resourceType", type);
        if (!Classes.TryGetValue(type, out var layout))
        {
            _json.WriteString("id", "u");
            _json.WritePropertyName("anything");
            _json.WriteRawValue("[1.50,null,{\"a\":true,\"b\":[]},\"é\"]");
        }
        else
        {
            Elements(layout, depth);
        }

        _json.WriteEndObject();
    }

    private void Object(ClassLayout layout, int depth)
    {
        _json.WriteStartObject();
        if (!Elements(layout, depth))
        {
            _json.WriteString("id", "only");
        }

        _json.WriteEndObject();
    }

    /// <summary>Writes a random choice of a type's elements; false when none came.</summary>
    private bool Elements(ClassLayout layout, int depth)
    {
        var any = false;
        foreach (var element in layout.Elements)
        {
            var wanted = element.Fact.Min > 0 || (_budget > 0 && depth < 8 && _random.Next(3 + depth) == 0);
            if (wanted && !IsEndless(element, depth))
            {
                _budget--;
                any = true;
                Element(element, depth);
            }
        }

        return any;
    }

    /// <summary>Resources within resources, and extensions without end, stop early.</summary>
    private static bool IsEndless(ElementLayout element, int depth) =>
        element.Fact.Min == 0 && depth > 3 && element.Json is "contained" or "extension" or "resource" && depth > 3;

    private void Element(ElementLayout e, int depth)
    {
        if (e.IsChoice)
        {
            var type = e.Fact.Types![_random.Next(e.Fact.Types.Count)];
            var name = e.Json + Naming.Pascal(type);
            if (char.IsLower(type[0]))
            {
                Primitive(name, type, codes: null, depth);
            }
            else
            {
                _json.WritePropertyName(name);
                Object(Classes[type], depth + 1);
            }
        }
        else if (e.IsPrimitive && e.IsList)
        {
            Primitives(e, depth);
        }
        else if (e.IsPrimitive)
        {
            Primitive(e.Json, e.Type!, e.Fact.Codes, depth);
        }
        else
        {
            Complex(e, depth);
        }
    }

    private void Complex(ElementLayout e, int depth)
    {
        _json.WritePropertyName(e.Json);
        if (e.IsList)
        {
            _json.WriteStartArray();
        }

        for (var n = e.IsList ? _random.Next(1, 4) : 1; n > 0; n--)
        {
            if (e.Type == "Resource")
            {
                Resource(_random.Next(5) == 0 ? "Media" : ResourceTypes[_random.Next(ResourceTypes.Count)], depth + 1);
            }
            else
            {
                var path = e.Fact.Same ?? (e.ContentClass.Length > 0 ? e.Fact.Path : e.Type!);
                Object(Classes.TryGetValue(path, out var layout) ? layout : Classes["Extension"], depth + 1);
            }
        }

        if (e.IsList)
        {
            _json.WriteEndArray();
        }
    }

    private void Primitive(string name, string type, string? codes, int depth)
    {
        var side = type != "xhtml" && depth < 6 && _random.Next(8) == 0;
        if (!side || _random.Next(3) > 0)
        {
            _json.WritePropertyName(name);
            Value(type, codes);
        }

        if (side)
        {
            _json.WritePropertyName("_" + name);
            Side();
        }
    }

    private void Primitives(ElementLayout e, int depth)
    {
        var sides = depth < 6 && _random.Next(4) == 0;
        var places = Enumerable
            .Range(0, _random.Next(1, 4))
            .Select(_ => (Value: !sides || _random.Next(3) > 0, Side: sides && _random.Next(2) == 0))
            .Select(place => place.Value ? place : (Value: false, Side: true))
            .ToList();
        if (places.Exists(place => place.Value))
        {
            _json.WriteStartArray(e.Json);
            foreach (var place in places)
            {
                if (place.Value)
                {
                    Value(e.Type!, e.Fact.Codes);
                }
                else
                {
                    _json.WriteNullValue();
                }
            }

            _json.WriteEndArray();
        }

        if (places.Exists(place => place.Side))
        {
            _json.WriteStartArray("_" + e.Json);
            foreach (var place in places)
            {
                if (place.Side)
                {
                    Side();
                }
                else
                {
                    _json.WriteNullValue();
                }
            }

            _json.WriteEndArray();
        }
    }

    private void Side()
    {
        _json.WriteStartObject();
        if (_random.Next(2) == 0)
        {
            _json.WriteString("id", "side");
        }
        else
        {
            _json.WriteStartArray("extension");
            Object(Classes["Extension"], depth: 7);
            _json.WriteEndArray();
        }

        _json.WriteEndObject();
    }

    private void Value(string type, string? codes)
    {
        switch (type)
        {
            case "boolean":
                _json.WriteBooleanValue(_random.Next(2) == 0);
                break;
            case "integer":
                _json.WriteNumberValue(_random.Next(int.MinValue, int.MaxValue));
                break;
            case "positiveInt":
                _json.WriteNumberValue(_random.Next(1, int.MaxValue));
                break;
            case "unsignedInt":
                _json.WriteNumberValue(_random.Next(0, int.MaxValue));
                break;
            case "decimal":
                _json.WriteRawValue(Decimal(), skipInputValidation: true);
                break;
            case "base64Binary":
                var bytes = new byte[_random.Next(1, 20)];
                _random.NextBytes(bytes);
                _json.WriteBase64StringValue(bytes);
                break;
            default:
                _json.WriteStringValue(Text(type, codes));
                break;
        }
    }

    private string Decimal()
    {
        var whole = _random.Next(-5000, 5000).ToString(CultureInfo.InvariantCulture);
        return _random.Next(4) switch
        {
            0 => whole,
            1 => whole + ".50",
            2 => "-0.00",
            _ => whole + ".250e-3",
        };
    }

    private string Text(string type, string? codes)
    {
        if (codes is not null)
        {
            var all = Facts.ValueSets[codes].Codes;
            return all[_random.Next(all.Count)];
        }

        var culture = CultureInfo.InvariantCulture;
        var day = new DateOnly(_random.Next(1, 10000), _random.Next(1, 13), _random.Next(1, 29)).ToString(
            "yyyy-MM-dd",
            culture
        );
        var time = string.Create(culture, $"{_random.Next(24):00}:{_random.Next(60):00}:{_random.Next(61):00}");
        return type switch
        {
            "date" => day[..(_random.Next(3) * 3 + 4)],
            "dateTime" when _random.Next(2) == 0 => day[..(_random.Next(3) * 3 + 4)],
            "dateTime" or "instant" => $"{day}T{time}{(_random.Next(2) == 0 ? ".125Z" : "-05:00")}",
            "time" => time,
            "id" => "id-" + _random.Next(),
            "oid" => "urn:oid:1.2." + _random.Next(),
            "uuid" => "urn:uuid:0f8fad5b-d9cb-469f-a165-" + _random.Next().ToString("x12", culture),
            "uri" or "url" or "canonical" => "http://x.example/é|" + _random.Next(),
            "code" => _random.Next(2) == 0 ? "a-code" : "two words",
            "xhtml" => "<div xmlns=\"http://www.w3.org/1999/xhtml\"><b>é</b></div>",
            _ => Words(),
        };
    }

    private string Words()
    {
        var text = new StringBuilder("x");
        for (var n = _random.Next(30); n > 0; n--)
        {
            text.Append(Alphabet[_random.Next(Alphabet.Length)]);
        }

        return text.ToString();
    }
}
