using System.Text.Json;

namespace Rms.Fhir.Json;

/// <summary>Stepping through arrays, past what has no place, and what stands where something else belongs.</summary>
internal ref partial struct JsonIn
{
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
