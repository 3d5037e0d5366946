using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Rms.Intake.FromFhir;

/// <summary>
/// Takes the mark-up out of text that may be HTML, in one pass. Only complete tags that HTML knows are mark-up: "K&lt;Na"
/// and "&lt;LLN" are what a clinician wrote. What comes out is text, which pages encode like any other.
/// </summary>
internal static partial class PlainText
{
    private const string Inline =
        "a|abbr|b|bdi|bdo|big|center|cite|code|col|colgroup|del|dfn|em|font|form|i|iframe|img|input|ins|kbd|label|mark|meta|noscript"
        + "|link|object|q|s|samp|small|span|strike|strong|sub|sup|svg|time|tt|u|var|wbr|html|body|head|button|embed|video|audio";
    private const string Block =
        "address|article|blockquote|br|caption|dd|div|dl|dt|fieldset|footer|h1|h2|h3|h4|h5|h6|header|hr|li|main|nav|ol|p|pre"
        + "|section|table|tbody|td|tfoot|th|thead|title|tr|ul";

    /// <summary>The text, its lines ending with a newline, without blank space at its ends; null stays null.</summary>
    public static string? Of(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAny('<', '&'))
            return text?.Trim();
        var plain = new StringBuilder(text.Length);
        var from = 0;
        var seen = Unseen().Replace(text, "");
        foreach (var tag in Tag().EnumerateMatches(seen))
        {
            Add(plain, seen.AsSpan(from, tag.Index - from));
            var name = seen.AsSpan(tag.Index, tag.Length).TrimStart("</");
            if (name.StartsWith("br", StringComparison.OrdinalIgnoreCase))
                plain.Append('\n');
            else if (BlockTag().IsMatch(name) && plain.Length > 0 && plain[^1] != '\n')
                plain.Append('\n');
            from = tag.Index + tag.Length;
        }
        Add(plain, seen.AsSpan(from));
        var lines = plain.ToString().Replace('\u00a0', ' ').Split('\n').Select(line => line.Trim());
        return string.Join('\n', lines).Trim();
    }

    private static void Add(StringBuilder plain, ReadOnlySpan<char> text) =>
        plain.Append(WebUtility.HtmlDecode(text.ToString()).Replace('\r', ' '));

    [GeneratedRegex(
        "<script\\b[^>]*>([^<]|<[^/]|</[^s])*</script\\s*>|<style\\b[^>]*>([^<]|<[^/]|</[^s])*</style\\s*>|<!--[^>]*-->",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Unseen();

    [GeneratedRegex(
        $"</?({Inline}|{Block}|script|style)(\\s[^<>]*)?/?>",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Tag();

    [GeneratedRegex(
        $"^({Block})\\b",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex BlockTag();
}
