namespace Rms.Fhir.Generator;

/// <summary>One C# class: a type, or a backbone element of one.</summary>
/// <param name="Path">FHIR's name: <c>Patient</c>, <c>Patient.contact</c>.</param>
/// <param name="BaseClass">The C# class that it derives from.</param>
/// <param name="IsResource">True for resources.</param>
/// <param name="Elements">All its elements, inherited ones first, in FHIR's order.</param>
/// <param name="Inherited">How many of them the base class declares.</param>
public sealed record ClassLayout(
    string Path,
    string BaseClass,
    bool IsResource,
    IReadOnlyList<ElementLayout> Elements,
    int Inherited
)
{
    /// <summary>The C# name.</summary>
    public string Name => Naming.ClassOf(Path);
}

/// <summary>One element as a property.</summary>
public sealed record ElementLayout(ElementFact Fact, string Property, string ContentClass)
{
    /// <summary>The JSON name; a choice's without its type.</summary>
    public string Json { get; } = Fact.Path[(Fact.Path.LastIndexOf('.') + 1)..].Replace("[x]", "");

    /// <summary>True for <c>value[x]</c>.</summary>
    public bool IsChoice => Fact.Path.EndsWith("[x]", StringComparison.Ordinal);

    /// <summary>True when it may repeat.</summary>
    public bool IsList => Fact.Max == "*";

    /// <summary>The one type; null for a choice or a backbone element.</summary>
    public string? Type => IsChoice || ContentClass.Length > 0 ? null : Fact.Types![0];

    /// <summary>True for a primitive that is no choice. XHTML is one, but has no extensions.</summary>
    public bool IsPrimitive => Type is { } type && (char.IsLower(type[0]));
}

/// <summary>Cuts the facts into classes.</summary>
public static class Layout
{
    private static readonly string[] WrittenByHand = ["Element", "BackboneElement", "Resource", "DomainResource"];

    /// <summary>Every class that is to be generated, in the order of the facts.</summary>
    public static IReadOnlyList<ClassLayout> Of(Facts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var classes = new List<ClassLayout>();
        foreach (var (name, type) in facts.Types)
        {
            if (WrittenByHand.Contains(name))
            {
                continue;
            }

            classes.Add(Class(facts, name, type.Elements, Naming.ClassOf(type.Base!), type.Kind == "resource"));
            foreach (var element in type.Elements)
            {
                if (element.Types is ["BackboneElement" or "Element"] && element.Path != "Element")
                {
                    classes.Add(Class(facts, element.Path, type.Elements, element.Types[0], isResource: false));
                }
            }
        }

        return classes;
    }

    private static ClassLayout Class(
        Facts facts,
        string path,
        IReadOnlyList<ElementFact> all,
        string baseClass,
        bool isResource
    )
    {
        var own = all.Where(e => e.Path.StartsWith(path + ".", StringComparison.Ordinal))
            .Where(e => e.Path.LastIndexOf('.') == path.Length && e.Max != "0")
            .ToList();
        var inherited = facts.Types[baseClass].Elements.Count(e => e.Path.LastIndexOf('.') == baseClass.Length);
        var elements = own.Select((e, i) => Element(e, i < inherited ? "" : Naming.ClassOf(path))).ToList();
        return new ClassLayout(path, baseClass, isResource, elements, inherited);
    }

    private static ElementLayout Element(ElementFact fact, string declaredBy)
    {
        var content =
            fact.Same is not null ? Naming.ClassOf(fact.Same)
            : fact.Types is ["BackboneElement" or "Element"] ? Naming.ClassOf(fact.Path)
            : "";
        var property = Naming.Pascal(fact.Path[(fact.Path.LastIndexOf('.') + 1)..].Replace("[x]", ""));
        // A member cannot have its class's name: Expression.expression is ExpressionValue.
        return new ElementLayout(fact, property == declaredBy ? property + "Value" : property, content);
    }
}
