using System.Globalization;
using System.Text;

namespace Rms.Simulator.Attachments;

/// <summary>Writes a small PDF: pages of plain lines in Helvetica, a title in any script.</summary>
internal static class Pdf
{
    private const int LinesPerPage = 52;
    private const int LineLength = 92;

    /// <param name="lines">
    /// Text; long lines are wrapped. The standard font knows Western European letters only: others show as a question
    /// mark, while the title keeps them.
    /// </param>
    public static byte[] Write(string title, IEnumerable<string> lines)
    {
        var pages = lines.SelectMany(Wrap).Chunk(LinesPerPage).ToList();
        var objects = new List<string>
        {
            "<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /DisplayDocTitle true >> >>",
            $"<< /Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', pages.Select((_, i) => $"{5 + 2 * i} 0 R"))}] >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            $"<< /Title <FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(title))}> >>",
        };
        for (var i = 0; i < pages.Count; i++)
        {
            var content = Content(pages[i]);
            objects.Add(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
                    + $"/Contents {6 + 2 * i} 0 R >>"
            );
            objects.Add($"<< /Length {content.Length} >>\nstream\n{content}\nendstream");
        }

        return File(objects);
    }

    private static byte[] File(List<string> objects)
    {
        // Latin-1: one character is one byte, so that positions in the text are positions in the file.
        var text = new StringBuilder("%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Count; i++)
        {
            offsets.Add(text.Length);
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"trailer\n<< /Size {objects.Count + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n"
        );
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static string Content(string[] lines)
    {
        var text = new StringBuilder("BT /F1 11 Tf 14 TL 56 740 Td\n");
        foreach (var line in lines)
        {
            text.Append('(').Append(Escape(line)).Append(") Tj T*\n");
        }

        return text.Append("ET").ToString();
    }

    private static string Escape(string line)
    {
        var escaped = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            var letter = rune.Value is >= 0x20 and < 0x7F or >= 0xA0 and <= 0xFF ? (char)rune.Value : '?';
            if (letter is '(' or ')' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(letter);
        }

        return escaped.ToString();
    }

    private static IEnumerable<string> Wrap(string line)
    {
        var left = line.AsMemory();
        while (left.Length > LineLength)
        {
            var cut = left.Span[..LineLength].LastIndexOf(' ');
            cut = cut <= 0 ? LineLength : cut;
            yield return left[..cut].ToString();
            left = left[cut..].TrimStart(' ');
        }

        yield return left.ToString();
    }
}
