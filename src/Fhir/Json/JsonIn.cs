using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir.Json;

/// <summary>
/// Reads FHIR's JSON into the model in one pass over UTF-8 bytes, without a tree between. Each method finds the reader
/// on a value's first token and leaves it on the last. Values are in JsonIn.Values.cs.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal ref partial struct JsonIn
{
    private readonly ReadContext _context;
    private readonly ReadOnlyMemory<byte> _input;
    private Utf8JsonReader _json;

    /// <summary>The value being read is the <c>_name</c> sibling of a choice's primitive.</summary>
    private bool _side;

    public JsonIn(ReadOnlyMemory<byte> input, ReadContext context)
    {
        _context = context;
        _input = input;
        // Depth is judged here, with a path; the reader's own bound only has to lie beyond.
        _json = new Utf8JsonReader(input.Span, new JsonReaderOptions { MaxDepth = context.Options.MaxDepth + 2 });
    }

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

    /// <summary>One object into a new element; null when the value cannot be it.</summary>
    public T? One<T>(T node)
        where T : FhirNode
    {
        if (!EnterObject(out var array))
        {
            return null;
        }

        var full = Object(node);
        if (array)
        {
            LeaveArray();
        }

        return full ? node : null;
    }

    /// <summary>One item of an array into a new element, which joins the list unless the item cannot be it.</summary>
    public void Add<T>(List<T> list, T node)
        where T : FhirNode
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            NotAnObject();
        }
        else if (Object(node))
        {
            list.Add(node);
        }
    }

    /// <summary>Counts an entry of a bundle, before it is read.</summary>
    public readonly void CountEntry()
    {
        if (++_context.Entries > _context.Options.MaxEntries)
        {
            var text = $"There are more than {_context.Options.MaxEntries} entries.";
            throw _context.Fatal(Faults.TooManyEntries, "too-long", text);
        }
    }

    /// <summary>A primitive of a choice. Its value and its id and extensions come under two names, in either order.</summary>
    public T ChoicePrimitive<T>(Element? sofar)
        where T : FhirPrimitive, new()
    {
        var primitive = sofar as T ?? new T();
        if (!_side)
        {
            primitive.ReadValue(ref this);
        }
        else if (_json.TokenType == JsonTokenType.StartObject)
        {
            Object(primitive);
        }
        else
        {
            NotAnObject();
        }

        return primitive;
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

    /// <summary>Reads one object. False when it was empty, which FHIR forbids.</summary>
    private bool Object(FhirNode node)
    {
        CheckDepth();
        _context.Push(node);
        var top = _context.Top;
        var outerSide = _side;
        ulong seen = 0;
        ulong seenSides = 0;
        while (true)
        {
            _json.Read();
            if (_json.TokenType == JsonTokenType.EndObject)
            {
                break;
            }

            var name = _json.ValueIsEscaped ? UnescapedBytes() : _json.ValueSpan;
            var side = name.Length > 1 && name[0] == '_';
            var key = node.Find(side ? name[1..] : name);
            var ordinal = Key.Ordinal(key);
            // Only primitives have a sibling with an underscore.
            if (key < 0 || (side && !node.Shape.IsPrimitive(ordinal) && !Key.IsPrimitiveChoice(key)))
            {
                UnknownElement(name);
                continue;
            }

            ref var frame = ref _context.Frames[top];
            frame.Key = key;
            frame.Index = -1;
            ref var mask = ref side ? ref seenSides : ref seen;
            var bit = 1UL << ordinal;
            if (Key.IsChoice(key))
            {
                if (!TakeChoice(ref frame, key, name, again: (mask & bit) != 0))
                {
                    continue;
                }
            }
            else if ((mask & bit) != 0)
            {
                Duplicate();
                continue;
            }

            mask |= bit;
            _json.Read();
            if (_json.TokenType == JsonTokenType.Null)
            {
                _context.Odd(Faults.WrongType, "structure", "JSON null stands only in arrays of primitives.");
            }
            else if (key == Key.ResourceType)
            {
                CheckResourceType();
            }
            else if (side && !Key.IsChoice(key))
            {
                Sides(node, node.Shape.Names[ordinal], node.Shape.IsList(ordinal));
            }
            else
            {
                _side = side;
                node.ReadAt(key, ref this);
            }
        }

        _side = outerSide;
        _context.Frames[top].Key = -1;
        _context.Frames[top].Index = -1;
        var missing = node.Shape.Required & ~(seen | seenSides);
        if ((seen | seenSides) == 0 && _context.Frames[top].Extras is null)
        {
            _context.Top--;
            Empty("An object must have at least one element.");
            return false;
        }

        while (missing != 0)
        {
            var name = node.Shape.Names[Shape.First(missing)];
            _context.Odd(Faults.MissingElement, "required", $"The required element {name} is missing.", name);
            missing &= missing - 1;
        }

        _context.Top--;
        return true;
    }

    /// <summary>Decides whether a choice's value is the first of its kind; otherwise notes the issue and skips it.</summary>
    private bool TakeChoice(ref Frame frame, int key, ReadOnlySpan<byte> name, bool again)
    {
        ref var first = ref frame.Choices[Key.ChoiceNumber(key)];
        if (first == 0 || (first == key && !again))
        {
            first = key;
            return true;
        }

        if (first == key || !(frame.Extras ??= new(StringComparer.Ordinal)).Add(Encoding.UTF8.GetString(name)))
        {
            Duplicate();
            return false;
        }

        const string text = "This element is a choice and is given in more than one type. The first is kept.";
        _context.Odd(Faults.ChoiceTwice, "structure", text);
        _json.Read();
        SkipValue();
        return false;
    }

    private void Duplicate()
    {
        _context.Error(Faults.DuplicateKey, "structure", "The same JSON name stands twice in one object.");
        _json.Read();
        SkipValue();
    }

    private void UnknownElement(ReadOnlySpan<byte> utf8)
    {
        ref var frame = ref _context.Frames[_context.Top];
        var name = Encoding.UTF8.GetString(utf8);
        frame.Key = -1;
        if ((frame.Extras ??= new(StringComparer.Ordinal)).Add(name))
        {
            var type = frame.Node.Shape.TypeName;
            _context.Odd(Faults.UnknownElement, "structure", $"{type} has no such element in FHIR R4.", name);
        }
        else
        {
            const string text = "The same JSON name stands twice in one object.";
            _context.Error(Faults.DuplicateKey, "structure", text, name);
        }

        _json.Read();
        SkipValue();
    }

    private readonly void CheckResourceType()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            _context.Odd(Faults.WrongType, "structure", "resourceType is a string.");
        }
    }

    /// <summary>The ids and extensions of a primitive, or of each in a list of them.</summary>
    private void Sides(FhirNode node, string name, bool isList)
    {
        if (!isList)
        {
            if (EnterObject(out var array))
            {
                Side(node, name, 0);
                if (array)
                {
                    LeaveArray();
                }
            }

            return;
        }

        var index = 0;
        for (var more = BeginList(); more; more = NextItem())
        {
            if (_json.TokenType == JsonTokenType.StartObject)
            {
                Side(node, name, index);
            }
            else if (_json.TokenType != JsonTokenType.Null)
            {
                NotAnObject();
            }

            index++;
        }
    }

    private void Side(FhirNode node, string name, int index)
    {
        var element = new Element();
        if (Object(element))
        {
            node.AddSide(name, index, element);
        }
    }

    /// <summary>
    /// Stands on the first item of an array, or on a single value that takes its place; false when there is none.
    /// </summary>
    public bool BeginList()
    {
        ref var frame = ref _context.Frames[_context.Top];
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            _context.Odd(Faults.WrongType, "structure", "This element repeats: its values belong in an array.");
            frame.Index = 0;
            frame.Single = true;
            return true;
        }

        CheckDepth();
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            Empty("An array must have at least one item.");
            return false;
        }

        frame.Index = 0;
        return true;
    }

    public bool NextItem()
    {
        ref var frame = ref _context.Frames[_context.Top];
        if (frame.Single)
        {
            frame.Single = false;
            return false;
        }

        _json.Read();
        frame.Index++;
        return _json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Stands on an object, be it the first item of an array where a single object belongs.</summary>
    private bool EnterObject(out bool array)
    {
        array = EnterArray();
        if (array && _json.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        if (_json.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        NotAnObject();
        if (array)
        {
            LeaveArray();
        }

        return false;
    }

    /// <summary>Steps into an array that stands where a single value belongs.</summary>
    private bool EnterArray()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        CheckDepth();
        _context.Odd(
            Faults.WrongType,
            "structure",
            "This element does not repeat: its value belongs outside an array."
        );
        _json.Read();
        return true;
    }

    /// <summary>Leaves the array after its first item.</summary>
    private void LeaveArray()
    {
        var more = false;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            more = true;
            SkipValue();
        }

        if (more)
        {
            _context.Odd(Faults.WrongType, "structure", "Of the several values only the first is kept.");
        }
    }

    private void NotAnObject()
    {
        _context.Odd(Faults.WrongType, "structure", "A JSON object belongs here. What stands here is left out.");
        SkipValue();
    }

    private readonly void Empty(string text) => _context.Odd(Faults.EmptyValue, "structure", text);

    private readonly void CheckDepth()
    {
        if (_json.CurrentDepth >= _context.Options.MaxDepth)
        {
            throw _context.Fatal(
                Faults.TooDeep,
                "too-long",
                $"Objects and arrays are nested more than {_context.Options.MaxDepth} deep."
            );
        }
    }

    /// <summary>Skips a value that has no place in the model, but still looks for duplicate names and depth.</summary>
    private void SkipValue()
    {
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            CheckDepth();
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                SkipValue();
            }
        }
        else if (_json.TokenType == JsonTokenType.StartObject)
        {
            CheckDepth();
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
            {
                if (!names.Add(Unescaped(ref _json) ?? throw BadEscape()))
                {
                    const string text = "The same JSON name stands twice in one object.";
                    _context.Error(Faults.DuplicateKey, "structure", text);
                }

                _json.Read();
                SkipValue();
            }
        }
        else if (_json.TokenType == JsonTokenType.String && _json.ValueIsEscaped && Unescaped(ref _json) is null)
        {
            throw BadEscape();
        }
    }
}
