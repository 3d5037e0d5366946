using System.Numerics;

namespace Rms.Fhir.Json;

/// <summary>What a type's elements are called and how they may stand; bit n of each mask is element n.</summary>
internal sealed class Shape(
    string typeName,
    ulong required,
    ulong primitives,
    ulong lists,
    ulong choices,
    string[] names
)
{
    /// <summary>FHIR's name of the type, or the path of a backbone element (<c>Patient.contact</c>).</summary>
    public string TypeName { get; } = typeName;

    /// <summary>Elements with a minimum cardinality of one.</summary>
    public ulong Required { get; } = required;

    /// <summary>Elements in FHIR's order, without <c>[x]</c>.</summary>
    public ReadOnlySpan<string> Names => names;

    /// <summary>True for a primitive that is not a choice: its id and extensions stand in <c>_name</c>.</summary>
    public bool IsPrimitive(int ordinal) => (primitives >> ordinal & 1) != 0;

    public bool IsList(int ordinal) => (lists >> ordinal & 1) != 0;

    public bool IsChoice(int ordinal) => (choices >> ordinal & 1) != 0;

    public bool IsList(string name) => Array.IndexOf(names, name) is >= 0 and var i && IsList(i);

    public bool HasPrimitive(string name) => Array.IndexOf(names, name) is >= 0 and var i && IsPrimitive(i);

    /// <summary>The number of the lowest element in a mask.</summary>
    public static int First(ulong mask) => BitOperations.TrailingZeroCount(mask);
}

/// <summary>
/// What a JSON property name stands for: bits 0-5 the element's place in its <see cref="Shape"/>, and for a choice
/// bits 6-7 which of the type's choices it is, bits 8-15 the chosen datatype, counted from 1, and bit 16 whether that
/// datatype is a primitive.
/// </summary>
internal static class Key
{
    /// <summary>The key of <c>resourceType</c>, which is no element.</summary>
    public const int ResourceType = 63;

    public static int Ordinal(int key) => key & 63;

    public static int ChoiceNumber(int key) => key >> 6 & 3;

    public static int TypeNumber(int key) => key >> 8 & 255;

    public static bool IsChoice(int key) => key >= 256;

    public static bool IsPrimitiveChoice(int key) => key >> 16 == 1;
}
