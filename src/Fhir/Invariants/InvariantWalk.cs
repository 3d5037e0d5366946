using System.Text;
using System.Text.Json;
using Rms.Fhir.Model;

namespace Rms.Fhir.Invariants;

/// <summary>Goes through a resource once and asks each object the rules of its type.</summary>
internal sealed class InvariantWalk : Walk
{
    private readonly List<FhirIssue> _issues = [];

    /// <summary>The resources around the object, without contained ones: those that <c>#id</c> looks into.</summary>
    private readonly Stack<Resource> _roots = new();

    /// <summary>The ids of the innermost root's contained resources; made when a reference first asks.</summary>
    private (Resource Root, HashSet<string> Ids)? _contained;

    public IReadOnlyList<FhirIssue> Issues => _issues;

    /// <summary>Notes a broken rule, at the object where the walk stands or at one of its elements.</summary>
    public void Break(string key, string text, string? element = null)
    {
        var path = element is null ? Path() : $"{Path()}.{element}";
        _issues.Add(new FhirIssue(IssueSeverity.Error, "invariant", path, text, key));
    }

    /// <summary>Notes a broken rule unless it holds.</summary>
    public void Hold(bool holds, string key, string text, string? element = null)
    {
        if (!holds)
        {
            Break(key, text, element);
        }
    }

    public override void Choice(FhirNode owner, string name, Element? element)
    {
        if (element is not null)
        {
            var suffix = element is FhirPrimitive primitive ? primitive.Suffix : element.Shape.TypeName;
            Hold(
                owner.Find(Encoding.UTF8.GetBytes(name + suffix)) >= 0,
                Faults.WrongType,
                $"{name} cannot hold a {suffix} here.",
                name
            );
        }

        base.Choice(owner, name, element);
    }

    protected override void Enter(FhirNode node)
    {
        if (node is Resource resource)
        {
            EnterResource(resource);
        }
        else
        {
            if (node is Element { IsEmpty: true })
            {
                Break("ele-1", "An element must have a value or children.");
                return;
            }

            DatatypeRules.Check(node, this);
        }

        BackboneRules.Check(node, this);
    }

    protected override void Leave(FhirNode node)
    {
        if (node is Resource resource && _roots.TryPeek(out var root) && ReferenceEquals(root, resource))
        {
            _roots.Pop();
        }
    }

    /// <summary>True when the reference is not to a contained resource, or that one is there.</summary>
    public bool Resolves(string reference)
    {
        if (!reference.StartsWith('#') || !_roots.TryPeek(out var root))
        {
            return true;
        }

        if (reference.Length == 1)
        {
            return true;
        }

        if (_contained is not { } known || !ReferenceEquals(known.Root, root))
        {
            var contained = root is DomainResource { HasContained: true } domain ? domain.Contained : [];
            known = (root, contained.Select(r => r.Id ?? "").ToHashSet(StringComparer.Ordinal));
            _contained = known;
        }

        return known.Ids.Contains(reference[1..]);
    }

    private void EnterResource(Resource resource)
    {
        if (ElementName == "contained")
        {
            Hold(
                resource is not DomainResource { HasContained: true },
                "dom-2",
                "A contained resource must not contain others."
            );
            Hold(
                resource.Meta is null or { VersionId: null, LastUpdated: null },
                "dom-4",
                "A contained resource must not have a version or a time of last update."
            );
            Hold(
                resource.Meta is not { Security.Count: > 0 },
                "dom-5",
                "A contained resource must not have a security label."
            );
        }
        else
        {
            _roots.Push(resource);
            if (resource is DomainResource { HasContained: true } domain)
            {
                Referred(domain);
            }
        }

        ResourceRules.Check(resource, this);
    }

    /// <summary>dom-3: whatever is contained is referred to, or refers to its container.</summary>
    private void Referred(DomainResource container)
    {
        var referred = LocalReferences(FhirWriter.Write(container));
        for (var i = 0; i < container.Contained.Count; i++)
        {
            var resource = container.Contained[i];
            Hold(
                referred.Contains("#" + resource.Id) || LocalReferences(FhirWriter.Write(resource)).Contains("#"),
                "dom-3",
                "A contained resource must be referred to from within the resource, or refer to it.",
                $"contained[{i}]"
            );
        }
    }

    /// <summary>Whatever stands as <c>#…</c>: in references, canonicals and URIs alike.</summary>
    private static HashSet<string> LocalReferences(byte[] utf8)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan is [(byte)'#', ..])
            {
                found.Add(reader.GetString()!);
            }
        }

        return found;
    }
}
