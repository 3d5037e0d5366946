// The model's lists are FHIR's repeating elements: made to be filled by initialisers and changed in place.
#pragma warning disable MA0016
using Rms.Fhir.Json;

namespace Rms.Fhir.Model;

/// <summary>The root of FHIR's datatypes. On its own it carries the id and extensions of a primitive.</summary>
public class Element : FhirNode
{
    private static readonly Shape OwnShape = new(
        "Element",
        required: 0,
        primitives: 0b01,
        lists: 0b10,
        choices: 0,
        ["id", "extension"]
    );

    private List<Extension>? _extension;

    /// <summary>Element.id: an id within the resource, to point at. 0..1</summary>
    public string? Id { get; set; }

    /// <summary>Element.extension. 0..*</summary>
    public List<Extension> Extension
    {
        get => _extension ??= [];
        set => _extension = value;
    }

    /// <summary>True when there is at least one extension (asking makes no list).</summary>
    public bool HasExtensions => _extension is { Count: > 0 };

    /// <summary>True when writing it would give <c>{}</c>, which FHIR forbids (ele-1); the writer leaves it out.</summary>
    internal virtual bool IsEmpty => string.IsNullOrEmpty(Id) && None(_extension) && !HasSides;

    internal static bool None<T>(List<T>? list)
        where T : Element
    {
        if (list is not null)
        {
            foreach (var element in list)
            {
                if (!element.IsEmpty)
                {
                    return false;
                }
            }
        }

        return true;
    }

    internal static bool NoText(List<string>? list) => list is null || !list.Exists(text => text.Length > 0);

    internal override Shape Shape => OwnShape;

    internal override int Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("id"u8) ? 0
        : name.SequenceEqual("extension"u8) ? 1
        : -1;

    internal override void ReadAt(int key, ref JsonIn json)
    {
        if (Key.Ordinal(key) == 0)
        {
            Id = json.Text(TextKind.String);
        }
        else
        {
            for (var more = json.BeginList(); more; more = json.NextItem())
            {
                json.Add(Extension, new Extension());
            }
        }
    }

    internal override void Write(JsonOut json)
    {
        json.Text(this, Names.Id, Id);
        json.List(Names.Extension, _extension);
    }

    internal override void Visit(Walk walk)
    {
        base.Visit(walk);
        walk.Many("extension", _extension);
    }
}

/// <summary>An element defined inside a resource or datatype; it may carry modifier extensions.</summary>
public abstract class BackboneElement : Element
{
    private List<Extension>? _modifierExtension;

    /// <summary>BackboneElement.modifierExtension: extensions that change the element's meaning. 0..*</summary>
    public List<Extension> ModifierExtension
    {
        get => _modifierExtension ??= [];
        set => _modifierExtension = value;
    }

    internal override bool IsEmpty => base.IsEmpty && None(_modifierExtension);

    internal override void Write(JsonOut json)
    {
        base.Write(json);
        json.List(Names.ModifierExtension, _modifierExtension);
    }

    internal override void Visit(Walk walk)
    {
        base.Visit(walk);
        walk.Many("modifierExtension", _modifierExtension);
    }
}
