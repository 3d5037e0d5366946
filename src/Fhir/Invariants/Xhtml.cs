using System.Collections.Frozen;
using System.Xml;

namespace Rms.Fhir.Invariants;

/// <summary>The rules for narrative: one XHTML div with plain formatting and some content.</summary>
internal static class Xhtml
{
    private const string Namespace = "http://www.w3.org/1999/xhtml";

    private static readonly FrozenSet<string> Elements = Words(
        "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img "
            + "kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var"
    );

    private static readonly FrozenSet<string> Attributes = Words(
        "abbr accesskey align alt axis bgcolor border cellpadding cellspacing char charoff charset cite class colspan "
            + "compact coords dir frame headers height href hreflang hspace id lang longdesc name noshade nowrap rel rev "
            + "rowspan rules scope shape size span src start style summary tabindex title type valign value vspace width "
            + "xml:lang xml:space xmlns"
    );

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        ConformanceLevel = ConformanceLevel.Document,
    };

    /// <summary>The rule that a div breaks; null when it breaks none.</summary>
    public static (string Key, string Text)? Fault(string div)
    {
        var content = false;
        try
        {
            using var reader = XmlReader.Create(new StringReader(div), Settings);
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        if (Element(reader) is { } fault)
                        {
                            return fault;
                        }

                        content |= reader.LocalName == "img";
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        content |= !string.IsNullOrWhiteSpace(reader.Value);
                        break;
                    case XmlNodeType.XmlDeclaration or XmlNodeType.ProcessingInstruction:
                        return ("txt-1", "Narrative holds no XML declaration or instruction.");
                }
            }
        }
        catch (XmlException)
        {
            return ("txt-1", "Narrative is not well-formed XHTML.");
        }

        return content ? null : ("txt-2", "Narrative has no content.");
    }

    private static (string Key, string Text)? Element(XmlReader reader)
    {
        if (reader.NamespaceURI != Namespace || !Elements.Contains(reader.LocalName))
        {
            return ("txt-1", "Narrative has an element other than plain XHTML formatting.");
        }

        if (reader.Depth == 0 && reader.LocalName != "div")
        {
            return ("txt-1", "Narrative stands in one div.");
        }

        for (var more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            var script = reader.Value.TrimStart().StartsWith("javascript:", StringComparison.OrdinalIgnoreCase);
            if (!Attributes.Contains(reader.Name) || script)
            {
                return ("txt-1", "Narrative has an attribute other than plain XHTML formatting.");
            }
        }

        reader.MoveToElement();
        return null;
    }

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
