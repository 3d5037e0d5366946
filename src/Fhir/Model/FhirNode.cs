using Rms.Fhir.Json;

namespace Rms.Fhir.Model;

/// <summary>
/// Whatever FHIR writes as a JSON object: an <see cref="Element"/> or a <see cref="Resource"/>. Lists are never null,
/// everything else may be. A primitive stands as a plain C# value; its id and extensions (<c>_birthDate</c> in JSON)
/// are found with <see cref="PrimitiveOf"/>.
/// </summary>
public abstract class FhirNode
{
    /// <summary>Few nodes have any, and those have few: a list is searched, not hashed.</summary>
    private List<Side>? _sides;

    private readonly record struct Side(string Name, int Index, Element Element);

    /// <summary>
    /// The id and extensions of the primitive with this JSON name (<c>birthDate</c>); null when it has none. For a
    /// repeating primitive, <paramref name="index"/> is the place in its list. Primitives of a choice
    /// (<c>valueString</c>) carry their own: look at the choice's <see cref="Element"/> instead.
    /// </summary>
    public Element? PrimitiveOf(string name, int index = 0)
    {
        if (_sides is not null)
        {
            foreach (var side in _sides)
            {
                if (side.Index == index && side.Name == name)
                {
                    return side.Element;
                }
            }
        }

        return null;
    }

    /// <summary>Sets (or with null removes) the id and extensions of a primitive. See <see cref="PrimitiveOf"/>.</summary>
    /// <exception cref="ArgumentException">There is no primitive of this name here.</exception>
    public void SetPrimitive(string name, Element? element, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (!Shape.HasPrimitive(name))
        {
            throw new ArgumentException($"{Shape.TypeName} has no primitive {name}.", nameof(name));
        }

        _sides?.RemoveAll(side => side.Index == index && side.Name == name);
        if (element is not null)
        {
            AddSide(name, index, element);
        }
    }

    internal bool HasSides => _sides is { Count: > 0 };

    internal void AddSide(string name, int index, Element element) =>
        (_sides ??= new List<Side>(1)).Add(new Side(name, index, element));

    /// <summary>The highest index of a side element of this name; -1 when it has none.</summary>
    internal int LastSideOf(string name)
    {
        var last = -1;
        foreach (var side in _sides ?? [])
        {
            if (side.Name == name)
            {
                last = Math.Max(last, side.Index);
            }
        }

        return last;
    }

    /// <summary>The names, kinds and cardinalities of this type's elements.</summary>
    internal abstract Shape Shape { get; }

    /// <summary>The key (see <see cref="Key"/>) of a JSON property name without its underscore; -1 when unknown.</summary>
    internal abstract int Find(ReadOnlySpan<byte> name);

    /// <summary>Reads the value at which the reader stands into the element with this key.</summary>
    internal abstract void ReadAt(int key, ref JsonIn json);

    /// <summary>Writes the elements in FHIR's order, without the braces.</summary>
    internal abstract void Write(JsonOut json);

    /// <summary>Shows the walk every object that this one holds.</summary>
    internal virtual void Visit(Walk walk)
    {
        foreach (var side in _sides ?? [])
        {
            walk.Step(side.Name, Shape.IsList(side.Name) ? side.Index : -1, side.Element);
        }
    }
}
