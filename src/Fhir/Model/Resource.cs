// The model's lists are FHIR's repeating elements: made to be filled by initialisers and changed in place.
#pragma warning disable MA0016
using Rms.Fhir.Json;

namespace Rms.Fhir.Model;

/// <summary>The root of FHIR's resources.</summary>
public abstract class Resource : FhirNode
{
    /// <summary>FHIR's name of the type, as <c>resourceType</c> says it: <c>Patient</c>, <c>Task</c>.</summary>
    public abstract string ResourceType { get; }

    /// <summary>Resource.id: the logical id. 0..1</summary>
    public string? Id { get; set; }

    /// <summary>Resource.meta. 0..1</summary>
    public Meta? Meta { get; set; }

    /// <summary>Resource.implicitRules: uri, 0..1</summary>
    public string? ImplicitRules { get; set; }

    /// <summary>Resource.language: code, 0..1</summary>
    public string? Language { get; set; }

    internal override void Write(JsonOut json)
    {
        json.ResourceType(ResourceType);
        json.Text(this, Names.Id, Id);
        json.One(Names.Meta, Meta);
        json.Text(this, Names.ImplicitRules, ImplicitRules);
        json.Text(this, Names.Language, Language);
    }

    internal override void Visit(Walk walk)
    {
        base.Visit(walk);
        walk.One("meta", Meta);
    }
}

/// <summary>A resource with narrative, contained resources and extensions.</summary>
public abstract class DomainResource : Resource
{
    private List<Resource>? _contained;
    private List<Extension>? _extension;
    private List<Extension>? _modifierExtension;

    /// <summary>DomainResource.text: what a person may read instead of the data. 0..1</summary>
    public Narrative? Text { get; set; }

    /// <summary>DomainResource.contained: resources without an identity of their own. 0..*</summary>
    public List<Resource> Contained
    {
        get => _contained ??= [];
        set => _contained = value;
    }

    /// <summary>DomainResource.extension. 0..*</summary>
    public List<Extension> Extension
    {
        get => _extension ??= [];
        set => _extension = value;
    }

    /// <summary>DomainResource.modifierExtension: extensions that change the resource's meaning. 0..*</summary>
    public List<Extension> ModifierExtension
    {
        get => _modifierExtension ??= [];
        set => _modifierExtension = value;
    }

    /// <summary>True when there is at least one contained resource (asking makes no list).</summary>
    public bool HasContained => _contained is { Count: > 0 };

    internal override void Write(JsonOut json)
    {
        base.Write(json);
        json.One(Names.Text, Text);
        json.Resources(Names.Contained, _contained);
        json.List(Names.Extension, _extension);
        json.List(Names.ModifierExtension, _modifierExtension);
    }

    internal override void Visit(Walk walk)
    {
        base.Visit(walk);
        walk.One("text", Text);
        walk.Many("contained", _contained);
        walk.Many("extension", _extension);
        walk.Many("modifierExtension", _modifierExtension);
    }
}
