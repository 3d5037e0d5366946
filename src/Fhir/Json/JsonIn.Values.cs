using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Rms.Fhir.Json;

/// <summary>Reading primitives.</summary>
internal ref partial struct JsonIn
{
    /// <summary>A primitive that is a string; null when there is nothing to keep.</summary>
    public string? Text(TextKind kind)
    {
        if (_json.TokenType == JsonTokenType.String && !_json.ValueIsEscaped)
        {
            return Text(kind, _json.ValueSpan);
        }

        var array = EnterArray();
        if (array && _json.TokenType == JsonTokenType.EndArray)
        {
            return null;
        }

        var text = OddText(kind);
        if (array)
        {
            LeaveArray();
        }

        return text;
    }

    /// <summary>A code of a required binding. One that is not in the set is kept as it stands.</summary>
    public string? Code(CodeSet set)
    {
        if (_json.TokenType == JsonTokenType.String && set.Find(_json.ValueSpan) is { } code)
        {
            return code;
        }

        var text = Text(TextKind.Code);
        if (text is not null && !set.Has(text))
        {
            BadCode(set);
        }

        return text;
    }

    public void Texts(List<string> list, TextKind kind)
    {
        for (var more = BeginList(); more; more = NextItem())
        {
            // An empty string holds the place of a null, whose extensions stand at the same place of the sibling array.
            list.Add(_json.TokenType == JsonTokenType.Null ? "" : Text(kind) ?? "");
        }
    }

    public void Codes(List<string> list, CodeSet set)
    {
        for (var more = BeginList(); more; more = NextItem())
        {
            list.Add(_json.TokenType == JsonTokenType.Null ? "" : Code(set) ?? "");
        }
    }

    public bool? Boolean()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String when _json.ValueTextEquals("true"u8) || _json.ValueTextEquals("false"u8):
                _context.Odd(Faults.WrongType, "structure", "A boolean stands without quotation marks.");
                return _json.ValueTextEquals("true"u8);
            case JsonTokenType.StartArray:
                EnterArray();
                if (_json.TokenType == JsonTokenType.EndArray)
                {
                    return null;
                }

                var value = _json.TokenType == JsonTokenType.StartArray ? Left<bool>("true or false") : Boolean();
                LeaveArray();
                return value;
            default:
                return Left<bool>("true or false");
        }
    }

    /// <summary>A whole number of 32 bits, no less than its type allows.</summary>
    public int? Integer(int least)
    {
        var expected =
            least == 1 ? "a whole number greater than 0"
            : least == 0 ? "a whole number not less than 0"
            : "a whole number of 32 bits";
        switch (_json.TokenType)
        {
            case JsonTokenType.Number:
                return _json.TryGetInt32(out var whole) && whole >= least ? whole : Unfit<int>(expected);
            case JsonTokenType.String
                when Utf8Parser.TryParse(_json.ValueSpan, out int number, out var length)
                    && length == _json.ValueSpan.Length
                    && number >= least:
                _context.Odd(Faults.WrongType, "structure", "A number stands without quotation marks.");
                return number;
            case JsonTokenType.StartArray:
                EnterArray();
                if (_json.TokenType == JsonTokenType.EndArray)
                {
                    return null;
                }

                var value = _json.TokenType == JsonTokenType.StartArray ? Left<int>(expected) : Integer(least);
                LeaveArray();
                return value;
            default:
                return Left<int>(expected);
        }
    }

    public FhirDecimal? Decimal()
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.Number:
                return FhirDecimal.OfJsonNumber(Encoding.UTF8.GetString(_json.ValueSpan));
            case JsonTokenType.String
                when !_json.ValueIsEscaped
                    && FhirDecimal.TryParse(Encoding.UTF8.GetString(_json.ValueSpan), out var number):
                _context.Odd(Faults.WrongType, "structure", "A number stands without quotation marks.");
                return number;
            case JsonTokenType.StartArray:
                EnterArray();
                if (_json.TokenType == JsonTokenType.EndArray)
                {
                    return null;
                }

                var value = _json.TokenType == JsonTokenType.StartArray ? Left<FhirDecimal>("a number") : Decimal();
                LeaveArray();
                return value;
            default:
                return Left<FhirDecimal>("a number");
        }
    }

    /// <summary>Base64 as a slice of the input: nothing is decoded, and copied only if JSON escapes stand in it.</summary>
    public FhirBase64? Base64()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            var array = EnterArray();
            if (array && _json.TokenType == JsonTokenType.EndArray)
            {
                return null;
            }

            var value =
                array && _json.TokenType == JsonTokenType.String ? Base64() : Left<FhirBase64>("a base64 string");
            if (array)
            {
                LeaveArray();
            }

            return value;
        }

        ReadOnlyMemory<byte> text = _json.ValueIsEscaped
            ? UnescapedBytes().ToArray()
            : _input.Slice((int)_json.TokenStartIndex + 1, _json.ValueSpan.Length);
        if (text.Length == 0)
        {
            Empty("A string must not be empty.");
            return null;
        }

        return FhirBase64.TryFromText(text, out var base64) ? base64 : Unfit<FhirBase64>("base64");
    }

    private readonly string? Text(TextKind kind, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            Empty("A string must not be empty.");
            return null;
        }

        if (kind != TextKind.String && !Syntax.Valid(kind, utf8))
        {
            _context.Odd(
                Faults.BadPrimitive,
                "value",
                $"This is not {Syntax.Expected(kind)}. It is kept as it stands."
            );
        }

        return KnownTexts.Find(utf8) ?? Encoding.UTF8.GetString(utf8);
    }

    /// <summary>A string with escapes, or what stands in a string's place.</summary>
    private string? OddText(TextKind kind)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                var utf8 = _json.ValueIsEscaped ? UnescapedBytes() : _json.ValueSpan;
                if (utf8.IndexOfAnyInRange((byte)0, (byte)31) >= 0 && HasControl(utf8))
                {
                    const string text = "Control characters other than tab and line ends have no place in a string.";
                    _context.Odd(Faults.BadPrimitive, "value", text);
                }

                return Text(kind, utf8);
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                _context.Odd(Faults.WrongType, "structure", "A string belongs here; the value's text is kept.");
                return Text(kind, _json.ValueSpan);
            default:
                _context.Odd(Faults.WrongType, "structure", "A string belongs here. What stands here is left out.");
                SkipValue();
                return null;
        }
    }

    private static bool HasControl(ReadOnlySpan<byte> utf8)
    {
        foreach (var b in utf8)
        {
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return true;
            }
        }

        return false;
    }

    private readonly void BadCode(CodeSet set)
    {
        var codes = set.Codes;
        var listed =
            codes.Length <= 32 ? $"one of {string.Join(", ", codes.ToArray())}" : $"in the value set {set.Name}";
        _context.Odd(Faults.BadCode, "code-invalid", $"This code is not {listed}. It is kept as it stands.");
    }

    /// <summary>A value of another JSON type is left out.</summary>
    private T? Left<T>(string expected)
        where T : struct
    {
        _context.Odd(Faults.WrongType, "structure", $"This is not {expected}. It is left out.");
        SkipValue();
        return null;
    }

    /// <summary>A value of the right JSON type that its FHIR type does not allow is left out.</summary>
    private readonly T? Unfit<T>(string expected)
        where T : struct
    {
        _context.Odd(Faults.BadPrimitive, "value", $"This is not {expected}. It is left out.");
        return null;
    }

    /// <summary>The bytes of a name or string without its escapes, in memory of their own.</summary>
    private readonly ReadOnlySpan<byte> UnescapedBytes()
    {
        var buffer = new byte[_json.ValueSpan.Length];
        try
        {
            return buffer.AsSpan(0, _json.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            BadEscape();
            return default;
        }
    }

    /// <summary>A name or string without its escapes; null when they make no Unicode.</summary>
    private static string? Unescaped(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly void BadEscape() =>
        _context.Error(Faults.BadUtf8, "structure", "An escape is half a surrogate pair and makes no character.");
}
