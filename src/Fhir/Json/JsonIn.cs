using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir.Json;

/// <summary>
/// Reads FHIR's JSON into the model in one pass over UTF-8 bytes, without a tree between. Each method finds the reader
/// on a value's first token and leaves it on the last. Here are
/// objects; resources, arrays and values stand in files of their own.
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
}
