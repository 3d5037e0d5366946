using System.Text.Json;

namespace Rms.Fhir.Generator;

/// <summary>What facts/r4.json says of FHIR R4: paths, cardinalities, types and codes, no prose.</summary>
public sealed record Facts(
    string Source,
    string FhirVersion,
    SortedDictionary<string, TypeFact> Types,
    SortedDictionary<string, PrimitiveFact> Primitives,
    SortedDictionary<string, ValueSetFact> ValueSets
)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads the facts that are built into this program.</summary>
    public static Facts Load()
    {
        using var stream =
            typeof(Facts).Assembly.GetManifestResourceStream("r4.json")
            ?? throw new InvalidOperationException("facts/r4.json is not embedded.");
        return JsonSerializer.Deserialize<Facts>(stream, Options)
            ?? throw new InvalidOperationException("facts/r4.json is empty.");
    }
}

/// <summary>A datatype or resource with all its elements, those of its bases first.</summary>
/// <param name="Kind"><c>resource</c> or <c>complex-type</c>.</param>
/// <param name="Abstract">True for Element, Resource and their like.</param>
/// <param name="Base">The type that it specialises; null for Element and Resource.</param>
/// <param name="Elements">In FHIR's order, those of backbone elements between.</param>
public sealed record TypeFact(string Kind, bool Abstract, string? Base, IReadOnlyList<ElementFact> Elements);

/// <summary>One element.</summary>
/// <param name="Path">As in <c>Patient.contact.name</c>; a choice ends in <c>[x]</c>.</param>
/// <param name="Min">The least number of times.</param>
/// <param name="Max"><c>0</c>, <c>1</c> or <c>*</c>.</param>
/// <param name="Types">FHIR's names of its types; null when it is the same as another.</param>
/// <param name="Same">The path of the element whose content it shares (<c>contentReference</c>).</param>
/// <param name="Targets">The resource types that a Reference may point at; null for any.</param>
/// <param name="Codes">The value set to which a code is bound as required.</param>
public sealed record ElementFact(
    string Path,
    int Min,
    string Max,
    IReadOnlyList<string>? Types = null,
    string? Same = null,
    IReadOnlyList<string>? Targets = null,
    string? Codes = null
);

/// <summary>A primitive type: what it specialises, and the pattern of its text.</summary>
public sealed record PrimitiveFact(string Base, string? Regex = null);

/// <summary>A value set: its computable name and its codes.</summary>
public sealed record ValueSetFact(string Name, IReadOnlyList<string> Codes);
