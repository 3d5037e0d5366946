using System.Text.Json;
using System.Text.Json.Nodes;
using Rms.Simulator.State;

namespace Rms.Simulator.Receiving;

/// <summary>The rules of FHIR's JSON format and of identity in a Bundle, for any resource.</summary>
internal static class JsonRules
{
    private const int MostFindings = 50;

    public static void Check(BundleView view, List<Finding> findings)
    {
        var before = findings.Count;
        Walk(view.Bundle, "Bundle", view, findings, before);
        foreach (var entry in view.Entries)
        {
            if (BundleView.Text(entry.Resource, "id") is { } id)
            {
                if (!IsId(id))
                {
                    findings.Add(
                        new Finding("error", "value", $"{entry.Path}.id", $"{id} is not an id that FHIR allows.")
                    );
                }

                if (
                    entry.FullUrl?.StartsWith("http", StringComparison.Ordinal) == true
                    && !entry.FullUrl.EndsWith($"/{entry.Type}/{id}", StringComparison.Ordinal)
                )
                {
                    findings.Add(
                        new Finding(
                            "error",
                            "invalid",
                            $"Bundle.entry[{entry.Index}].fullUrl",
                            "fullUrl and id disagree."
                        )
                    );
                }
            }
        }
    }

    private static void Walk(JsonNode? node, string path, BundleView view, List<Finding> findings, int before)
    {
        if (findings.Count - before > MostFindings)
        {
            return;
        }

        switch (node)
        {
            case JsonObject { Count: 0 }:
                findings.Add(new Finding("error", "structure", path, "An object must not be empty."));
                break;
            case JsonObject given:
                foreach (var (name, value) in given)
                {
                    var at = $"{path}.{name}";
                    if (value is null)
                    {
                        findings.Add(new Finding("error", "structure", at, "A member must not be null."));
                    }
                    else if (name == "reference" && value is JsonValue && view.Resolve(given) is null)
                    {
                        findings.Add(
                            new Finding("warning", "not-found", at, $"{value} leads to nothing in the Bundle.")
                        );
                    }

                    Walk(value, at, view, findings, before);
                }

                break;
            case JsonArray { Count: 0 }:
                findings.Add(new Finding("error", "structure", path, "A list must not be empty."));
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    Walk(list[i], $"{path}[{i}]", view, findings, before);
                }

                break;
            case JsonValue value
                when value.GetValueKind() == JsonValueKind.String && value.ToString().Trim().Length == 0:
                findings.Add(new Finding("error", "structure", path, "A text must not be empty."));
                break;
        }
    }

    private static bool IsId(string text) =>
        text.Length is >= 1 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
