using System.Globalization;

namespace Rms.Fhir.Generator;

/// <summary>
/// Writes Find: from a JSON name's bytes to the element's key, by length, then by the byte that tells names of that
/// length best apart, then by comparison.
/// </summary>
internal sealed class FindWriter(ClassLayout layout, Code code)
{
    public void Write()
    {
        var names = Keys().OrderBy(x => x.Name, StringComparer.Ordinal).ToList();
        Line("    internal override int Find(ReadOnlySpan<byte> name)");
        Line("    {");
        Line("        switch (name.Length)");
        Line("        {");
        foreach (var group in names.GroupBy(x => x.Name.Length).OrderBy(g => g.Key))
        {
            Line($"            case {group.Key}:");
            Length([.. group]);
        }

        Line("        }");
        Line();
        Line("        return -1;");
        Line("    }");
        Line();
    }

    private void Length(IReadOnlyList<(string Name, int Key)> names)
    {
        if (names.Count == 1)
        {
            Line($"                return {Compare(names)};");
            return;
        }

        var at = Enumerable.Range(0, names[0].Name.Length).MaxBy(i => names.Select(n => n.Name[i]).Distinct().Count());
        Line($"                switch (name[{at}])");
        Line("                {");
        foreach (var group in names.GroupBy(n => n.Name[at]).OrderBy(g => g.Key))
        {
            Line($"                    case (byte)'{group.Key}': return {Compare(group)};");
        }

        Line("                }");
        Line("                break;");
    }

    private static string Compare(IEnumerable<(string Name, int Key)> names) =>
        string.Concat(
            names.Select(n => $"name.SequenceEqual(\"{n.Name}\"u8) ? {n.Key.ToString(CultureInfo.InvariantCulture)} : ")
        ) + "-1";

    private IEnumerable<(string Name, int Key)> Keys()
    {
        if (layout.IsResource)
        {
            yield return ("resourceType", 63);
        }

        var choice = 0;
        for (var i = 0; i < layout.Elements.Count; i++)
        {
            var element = layout.Elements[i];
            if (!element.IsChoice)
            {
                yield return (element.Json, i);
                continue;
            }

            for (var t = 0; t < element.Fact.Types!.Count; t++)
            {
                var type = element.Fact.Types[t];
                var primitive = char.IsLower(type[0]) ? 1 << 16 : 0;
                yield return (element.Json + Naming.Pascal(type), i | choice << 6 | t + 1 << 8 | primitive);
            }

            choice++;
        }

        if (choice > 4 || layout.Elements.Count > 62)
        {
            throw new InvalidOperationException(
                $"{layout.Path} has more elements or choices than a key can tell apart."
            );
        }
    }

    private void Line(string text = "") => code.Text(text).Text("\n");
}
