using System.Globalization;

namespace Rms.Fhir.Generator;

/// <summary>Writes the C# of one class.</summary>
internal sealed class ClassWriter(Facts facts, ClassLayout layout, Code code)
{
    private IEnumerable<(ElementLayout Element, int Ordinal)> Numbered => layout.Elements.Select((e, i) => (e, i));

    private IEnumerable<(ElementLayout Element, int Ordinal)> Own => Numbered.Skip(layout.Inherited);

    public void Write()
    {
        var sealing = facts.Types.Values.Any(t => t.Base == layout.Path) ? "" : "sealed ";
        Line($"/// <summary>FHIR R4 {layout.Path}.</summary>");
        Line($"public {sealing}class {layout.Name} : {layout.BaseClass}");
        Line("{");
        Shape();
        foreach (var (element, _) in Own)
        {
            Property(element);
        }

        if (layout.IsResource)
        {
            Line($"    /// <inheritdoc/>");
            Line($"    public override string ResourceType => \"{layout.Path}\";");
            Line();
        }

        Line("    internal override Shape Shape => OwnShape;");
        // A specialisation without elements of its own (Age of Quantity) reads and writes as its base does.
        if (Own.Any())
        {
            Line();
            new FindWriter(layout, code).Write();
            ReadAt();
            WriteMethod();
            IsEmpty();
            Visit();
        }

        Line("}");
    }

    private void Shape()
    {
        Line("    private static readonly Shape OwnShape = new(");
        Line($"        \"{layout.Path}\",");
        Line($"        required: {Mask(e => e.Fact.Min > 0)},");
        Line($"        primitives: {Mask(e => e.IsPrimitive && e.Type != "xhtml")},");
        Line($"        lists: {Mask(e => e.IsList)},");
        Line($"        choices: {Mask(e => e.IsChoice)},");
        Line($"        [{string.Join(", ", layout.Elements.Select(e => $"\"{e.Json}\""))}]);");
        Line();
    }

    private string Mask(Func<ElementLayout, bool> test)
    {
        var mask = Numbered.Where(x => test(x.Element)).Aggregate(0UL, (m, x) => m | 1UL << x.Ordinal);
        return "0x" + mask.ToString("X", CultureInfo.InvariantCulture) + "UL";
    }

    private void Property(ElementLayout e)
    {
        var type = CSharp(e);
        Line($"    /// <summary>{Summary(e)}</summary>");
        if (!e.IsList)
        {
            Line($"    public {type}? {e.Property} {{ get; set; }}");
        }
        else
        {
            Line($"    public List<{type}> {e.Property} {{ get => {Field(e)} ??= []; set => {Field(e)} = value; }}");
            Line($"    private List<{type}>? {Field(e)};");
        }

        Line();
    }

    private string Summary(ElementLayout e)
    {
        var types =
            e.ContentClass.Length > 0
                ? ""
                : string.Join(" | ", e.Fact.Types!.Count > 12 ? ["any datatype"] : e.Fact.Types) + ", ";
        var targets = e.Fact.Targets is { Count: <= 12 } t ? $" To: {string.Join(", ", t)}." : "";
        var codes = e.Fact.Codes is { } url
            ? $" Codes: <see cref=\"{Naming.CodesOf(facts.ValueSets[url].Name)}\"/>."
            : "";
        return $"{e.Fact.Path}: {types}{e.Fact.Min}..{e.Fact.Max}.{targets}{codes}";
    }

    private static string Field(ElementLayout e) => "_" + char.ToLowerInvariant(e.Property[0]) + e.Property[1..];

    private static string CSharp(ElementLayout e)
    {
        if (e.IsChoice)
        {
            return "Element";
        }

        if (e.ContentClass.Length > 0)
        {
            return e.ContentClass;
        }

        return e.Type switch
        {
            "boolean" => "bool",
            "integer" or "positiveInt" or "unsignedInt" => "int",
            "decimal" => "Rms.Fhir.FhirDecimal",
            "base64Binary" => "Rms.Fhir.FhirBase64",
            _ when e.IsPrimitive => "string",
            _ => e.Type!,
        };
    }

    private void ReadAt()
    {
        Line("    internal override void ReadAt(int key, ref JsonIn json)");
        Line("    {");
        Line("        switch (Key.Ordinal(key))");
        Line("        {");
        foreach (var (e, i) in Numbered)
        {
            if (!e.IsChoice)
            {
                Line($"            case {i}: {Reading(e)} break;");
                continue;
            }

            Line($"            case {i}:");
            Line("                switch (Key.TypeNumber(key))");
            Line("                {");
            foreach (var (type, n) in e.Fact.Types!.Select((t, n) => (t, n + 1)))
            {
                var read = Naming.PrimitiveClasses.TryGetValue(type, out var primitive)
                    ? $"json.ChoicePrimitive<{primitive}>({e.Property})"
                    : $"json.One(new {type}())";
                Line($"                    case {n}: {e.Property} = {read}; break;");
            }

            Line("                }");
            Line("                break;");
        }

        Line("        }");
        Line("    }");
        Line();
    }

    private string Reading(ElementLayout e) => Statement(e) is var s && s.EndsWith('}') ? s : s + ";";

    private string Statement(ElementLayout e)
    {
        var p = e.Property;
        if (e.ContentClass.Length > 0)
        {
            return Objects(e, e.ContentClass);
        }

        if (e.Fact.Codes is { } url)
        {
            var set = "CodeSets." + Naming.CodesOf(facts.ValueSets[url].Name)[..^5];
            return e.IsList ? $"json.Codes({p}, {set})" : $"{p} = json.Code({set})";
        }

        var type = e.Type!;
        if (!e.IsPrimitive)
        {
            return type == "Resource"
                ? e.IsList
                    ? $"json.Resources({p})"
                    : $"{p} = json.OneResource()"
                : Objects(e, type);
        }

        if (IsText(type))
        {
            return e.IsList ? $"json.Texts({p}, TextKind.{Kind(type)})" : $"{p} = json.Text(TextKind.{Kind(type)})";
        }

        if (e.IsList)
        {
            throw new InvalidOperationException($"{e.Fact.Path}: no list of {type} is read yet.");
        }

        return type switch
        {
            "boolean" => $"{p} = json.Boolean()",
            "decimal" => $"{p} = json.Decimal()",
            "base64Binary" => $"{p} = json.Base64()",
            "positiveInt" => $"{p} = json.Integer(1)",
            "unsignedInt" => $"{p} = json.Integer(0)",
            _ => $"{p} = json.Integer(int.MinValue)",
        };
    }

    private static string Objects(ElementLayout e, string type)
    {
        var each = e.Fact.Path == "Bundle.entry" ? "json.CountEntry(); " : "";
        return e.IsList
            ? $"for (var more = json.BeginList(); more; more = json.NextItem()) {{ {each}json.Add({e.Property}, new {type}()); }}"
            : $"{e.Property} = json.One(new {type}())";
    }

    private void WriteMethod()
    {
        Line("    internal override void Write(JsonOut json)");
        Line("    {");
        Line("        base.Write(json);");
        foreach (var (e, _) in Own)
        {
            var name = "Names." + Naming.Pascal(e.Json);
            Line("        " + (Writing(e, name)) + ";");
        }

        Line("    }");
        Line();
    }

    private static string Writing(ElementLayout e, string name)
    {
        if (e.IsChoice)
        {
            return $"json.Choice({name}, {e.Property})";
        }

        if (!e.IsPrimitive)
        {
            return !e.IsList ? $"json.One({name}, {e.Property})"
                : e.Type == "Resource" ? $"json.Resources({name}, {Field(e)})"
                : $"json.List({name}, {Field(e)})";
        }

        return e.Type switch
        {
            _ when e.IsList => $"json.Texts(this, {name}, {Field(e)})",
            "boolean" => $"json.Boolean(this, {name}, {e.Property})",
            "decimal" => $"json.Decimal(this, {name}, {e.Property})",
            "base64Binary" => $"json.Base64(this, {name}, {e.Property})",
            "integer" or "positiveInt" or "unsignedInt" => $"json.Integer(this, {name}, {e.Property})",
            _ => $"json.Text(this, {name}, {e.Property})",
        };
    }

    private void IsEmpty()
    {
        if (layout.IsResource)
        {
            return;
        }

        Line("    internal override bool IsEmpty =>");
        Line("        base.IsEmpty" + string.Concat(Own.Select(x => "\n        && " + Emptiness(x.Element))) + ";");
        Line();
    }

    private static string Emptiness(ElementLayout e) =>
        e.IsList && e.IsPrimitive ? $"NoText({Field(e)})"
        : e.IsList
            ? e.Type == "Resource" ? $"{Field(e)} is not {{ Count: > 0 }}"
                : $"None({Field(e)})"
        : e.IsPrimitive
            ? IsText(e.Type!) ? $"string.IsNullOrEmpty({e.Property})"
                : $"{e.Property} is null"
        : e.Type == "Resource" ? $"{e.Property} is null"
        : $"{e.Property} is null or {{ IsEmpty: true }}";

    private void Visit()
    {
        Line("    internal override void Visit(Walk walk)");
        Line("    {");
        Line("        base.Visit(walk);");
        foreach (var (e, _) in Own.Where(x => !x.Element.IsPrimitive))
        {
            var step =
                e.IsList ? $"Many(\"{e.Json}\", {Field(e)})"
                : e.IsChoice ? $"Choice(this, \"{e.Json}\", {e.Property})"
                : $"One(\"{e.Json}\", {e.Property})";
            Line($"        walk.{step};");
        }

        Line("    }");
    }

    private static bool IsText(string type) =>
        type is not ("boolean" or "decimal" or "base64Binary" or "integer" or "positiveInt" or "unsignedInt");

    private static string Kind(string type) =>
        type switch
        {
            "markdown" => "String",
            "url" or "canonical" => "Uri",
            _ => Naming.Pascal(type),
        };

    private void Line(string text = "") => code.Text(text).Text("\n");
}
