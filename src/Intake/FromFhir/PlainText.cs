using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Rms.Intake.FromFhir;

/// <summary>Takes the mark-up out of text that may be HTML. What comes out is text: pages still encode it.</summary>
internal static class PlainText
{
    private static readonly HashSet<string> Lines = new(StringComparer.OrdinalIgnoreCase)
    {
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "hr",
    };

    private static readonly HashSet<string> Unseen = new(StringComparer.OrdinalIgnoreCase)
    {
        "script",
        "style",
        "head",
        "template",
        "noscript",
        "iframe",
        "object",
    };

    /// <summary>The text, its lines ending with a newline, without blank space at its ends; null stays null.</summary>
    public static string? Of(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAny('<', '&'))
            return text?.Trim();
        var plain = new StringBuilder(text.Length);
        var parser = new HtmlParser(new HtmlParserOptions { IsScripting = false });
        using var document = parser.ParseDocument("");
        foreach (var node in parser.ParseFragment(text, document.Body!))
            Add(node, plain);
        return string.Join('\n', plain.ToString().Replace('\u00a0', ' ').Split('\n').Select(line => line.Trim()))
            .Trim();
    }

    private static void Add(INode root, StringBuilder plain)
    {
        // A stack of our own: hostile mark-up nests deeper than the thread's.
        Stack<INode> rest = new([root]);
        while (rest.TryPop(out var node))
        {
            if (node is IText text)
            {
                plain.Append(text.Data.Replace('\r', ' '));
                continue;
            }
            if (node is not IElement element || Unseen.Contains(element.LocalName))
                continue;
            var breaks = string.Equals(element.LocalName, "br", StringComparison.OrdinalIgnoreCase);
            if (breaks || (Lines.Contains(element.LocalName) && plain.Length > 0 && plain[^1] != '\n'))
                plain.Append('\n');
            for (var child = element.LastChild; child is not null; child = child.PreviousSibling)
                rest.Push(child);
        }
    }
}
