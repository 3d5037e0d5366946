using System.Text;
using System.Text.Unicode;

namespace Rms.Intake.Attached;

/// <summary>
/// What a file is, by its bytes alone: what a sender claims decides nothing about how a file is shown. The signatures
/// are those of the formats' own specifications (gathered in the WHATWG MIME Sniffing Standard, section 6).
/// </summary>
internal static class FileKind
{
    public const string Pdf = "application/pdf";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Gif = "image/gif";
    public const string WebP = "image/webp";
    public const string Tiff = "image/tiff";
    public const string Bmp = "image/bmp";
    public const string Heic = "image/heic";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    public const string Doc = "application/msword";
    public const string Rtf = "text/rtf";
    public const string Dicom = "application/dicom";
    public const string Cda = "application/cda+xml";
    public const string Xml = "text/xml";
    public const string Html = "text/html";
    public const string Text = "text/plain";
    public const string Unknown = "application/octet-stream";

    // A PDF may have something before its header (a mail gateway's line, say); viewers look this far.
    private const int PdfHeaderWithin = 1024;

    // Enough for a prologue and comments before the first element.
    private const int MarkupWithin = 4096;

    private static readonly string[] HtmlStarts =
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<script",
        "<iframe",
        "<style",
        "<table",
        "<div",
        "<p>",
        "<h1",
        "<meta",
    ];

    /// <summary>One of the kinds above; <see cref="Unknown"/> for anything else.</summary>
    /// <param name="bytes">The whole file.</param>
    public static string Of(ReadOnlySpan<byte> bytes) => Binary(bytes) ?? Textual(bytes) ?? Unknown;

    /// <summary>Whether browsers show it in a page, and can do so without running anything of it in our name.</summary>
    public static bool IsShown(string? kind) => kind is Pdf or Png or Jpeg or Gif or WebP or Text;

    private static string? Binary(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("%PDF-"u8))
            return Pdf;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]))
            return Png;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            return Jpeg;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return Gif;
        if (bytes.StartsWith("RIFF"u8) && At(bytes, 8, "WEBPVP"u8))
            return WebP;
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8))
            return Tiff;
        // Reserved fields of zero tell a bitmap from a text that begins with BM.
        if (bytes.StartsWith("BM"u8) && At(bytes, 6, "\0\0\0\0"u8))
            return Bmp;
        if (At(bytes, 4, "ftyp"u8) && IsHeic(bytes))
            return Heic;
        if (bytes.StartsWith("PK\u0003\u0004"u8))
            return Office(bytes);
        if (
            bytes.StartsWith((ReadOnlySpan<byte>)[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
            && bytes.IndexOf("W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"u8) >= 0
        )
            return Doc;
        if (bytes.StartsWith(@"{\rtf"u8))
            return Rtf;
        if (At(bytes, 128, "DICM"u8))
            return Dicom;
        return null;
    }

    private static bool At(ReadOnlySpan<byte> bytes, int place, ReadOnlySpan<byte> signature) =>
        bytes.Length >= place + signature.Length && bytes[place..].StartsWith(signature);

    private static bool IsHeic(ReadOnlySpan<byte> bytes) =>
        At(bytes, 8, "heic"u8)
        || At(bytes, 8, "heix"u8)
        || At(bytes, 8, "heim"u8)
        || At(bytes, 8, "heis"u8)
        || At(bytes, 8, "hevc"u8)
        || At(bytes, 8, "mif1"u8)
        || At(bytes, 8, "msf1"u8);

    private static string? Office(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("[Content_Types].xml"u8) < 0)
            return null;
        return bytes.IndexOf("word/document.xml"u8) >= 0 ? Docx
            : bytes.IndexOf("xl/workbook.xml"u8) >= 0 ? Xlsx
            : null;
    }

    private static string? Textual(ReadOnlySpan<byte> bytes)
    {
        var isText = bytes.Length > 0 && Utf8.IsValid(bytes) && !HasControls(bytes);
        if (isText && Markup(bytes) is { } markup)
            return markup;
        if (bytes[..Math.Min(bytes.Length, PdfHeaderWithin)].IndexOf("%PDF-"u8) >= 0)
            return Pdf;
        return isText ? Text : null;
    }

    private static string? Markup(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
        var head = Encoding.UTF8.GetString(start[..Math.Min(start.Length, MarkupWithin)]).TrimStart();
        if (!head.StartsWith('<'))
            return null;
        if (head.Contains("<ClinicalDocument", StringComparison.Ordinal))
            return Cda;
        // XHTML is a web page too, whatever it calls itself.
        if (
            Array.Exists(HtmlStarts, s => head.StartsWith(s, StringComparison.OrdinalIgnoreCase))
            || head.Contains("<html", StringComparison.OrdinalIgnoreCase)
        )
            return Html;
        return head.StartsWith("<?xml", StringComparison.Ordinal) || head.Contains("xmlns", StringComparison.Ordinal)
            ? Xml
            : null;
    }

    /// <summary>Characters that no text has: C0 but for tab, line ends, form feed and escape.</summary>
    private static bool HasControls(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b < 0x20 && b is not (0x09 or 0x0a or 0x0c or 0x0d or 0x1b))
                return true;
        }
        return false;
    }
}
