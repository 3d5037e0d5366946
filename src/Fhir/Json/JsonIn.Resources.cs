using System.Text;
using System.Text.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir.Json;

/// <summary>Reading resources, whose type stands inside them.</summary>
internal ref partial struct JsonIn
{
    /// <summary>The whole input as one resource; null when it is none.</summary>
    public Resource? Root()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw _context.Fatal(Faults.WrongResource, "structure", "The input is not a JSON object.");
        }

        var root = Resource();
        if (_json.Read())
        {
            throw new JsonException("More text follows the resource.");
        }

        return root;
    }

    public void Resources(List<Resource> list)
    {
        for (var more = BeginList(); more; more = NextItem())
        {
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                NotAnObject();
            }
            else if (Resource() is { } resource)
            {
                list.Add(resource);
            }
        }
    }

    public Resource? OneResource()
    {
        if (!EnterObject(out var array))
        {
            return null;
        }

        var resource = Resource();
        if (array)
        {
            LeaveArray();
        }

        return resource;
    }

    /// <summary>The resource at whose opening brace the reader stands; null when it is empty.</summary>
    private Resource? Resource()
    {
        var type = TypeAhead();
        var resource = type is null ? null : ResourceTypes.New(type);
        if (resource is not null)
        {
            return Object(resource) ? resource : null;
        }

        if (type is null)
        {
            _context.OddType(Faults.MissingElement, "required", "A resource needs its resourceType.");
        }
        else if (!CodeSets.ResourceType.Has(type))
        {
            const string text = "FHIR R4 has no resource type of this name. It is kept as it stands.";
            _context.OddType(Faults.UnknownResourceType, "not-supported", text);
        }

        var start = (int)_json.TokenStartIndex;
        SkipValue();
        return new UnknownResource(type ?? "", _input[start..(int)_json.BytesConsumed]);
    }

    /// <summary>What <c>resourceType</c> says, wherever it stands among the object's names; usually first.</summary>
    private string? TypeAhead()
    {
        var ahead = _json;
        try
        {
            return TypeAhead(ref ahead);
        }
        catch (JsonException)
        {
            // Whatever is wrong further on is told where it is met.
            SkipValue();
            throw;
        }
    }

    private static string? TypeAhead(ref Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var found = ahead.ValueTextEquals("resourceType"u8);
            ahead.Read();
            if (found)
            {
                return ahead.TokenType != JsonTokenType.String ? null
                    : ahead.ValueIsEscaped ? Unescaped(ref ahead)
                    : CodeSets.ResourceType.Find(ahead.ValueSpan) ?? Encoding.UTF8.GetString(ahead.ValueSpan);
            }

            ahead.Skip();
        }

        return null;
    }

    private readonly void CheckResourceType()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            _context.Odd(Faults.WrongType, "structure", "resourceType is a string.");
        }
    }
}
