using System.Text;
using Rms.Intake.Attached;
using Shouldly;

namespace Rms.UnitTests.Intake;

public sealed class FileKindTests
{
    public static TheoryData<string, byte[]> Known() =>
        new()
        {
            { FileKind.Pdf, Ascii("%PDF-1.7\n") },
            { FileKind.Pdf, [.. Ascii("X-Gateway: yes\r\n"), .. Ascii("%PDF-1.7\n"), 0, 1, 2] },
            { FileKind.Png, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0] },
            { FileKind.Jpeg, [0xff, 0xd8, 0xff, 0xe0, 0, 16] },
            { FileKind.Gif, Ascii("GIF89a\u0001") },
            { FileKind.WebP, [.. Ascii("RIFF"), 1, 2, 3, 4, .. Ascii("WEBPVP8 ")] },
            { FileKind.Tiff, [.. Ascii("II*"), 0, 8] },
            { FileKind.Tiff, [.. Ascii("MM"), 0, (byte)'*', 0] },
            { FileKind.Bmp, [.. Ascii("BM"), 9, 9, 9, 9, 0, 0, 0, 0, 54] },
            { FileKind.Heic, [0, 0, 0, 24, .. Ascii("ftypheic")] },
            { FileKind.Docx, [.. Zip, .. Ascii("[Content_Types].xml and word/document.xml")] },
            { FileKind.Xlsx, [.. Zip, .. Ascii("[Content_Types].xml and xl/workbook.xml")] },
            {
                FileKind.Doc,
                [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, .. Encoding.Unicode.GetBytes("WordDocument")]
            },
            { FileKind.Rtf, Ascii(@"{\rtf1\ansi x}") },
            { FileKind.Dicom, [.. new byte[128], .. Ascii("DICM")] },
            { FileKind.Cda, Ascii("<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>") },
            { FileKind.Xml, Ascii("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>") },
            { FileKind.Html, Ascii("\r\n  <!DOCTYPE HTML><title>x</title>") },
            { FileKind.Html, [.. Encoding.UTF8.Preamble, .. Ascii("<script>alert(1)</script>")] },
            { FileKind.Html, Ascii("<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>") },
            { FileKind.Text, Encoding.UTF8.GetBytes("Hémoglobine 138 g/L\r\n\tµmol < 50") },
        };

    public static TheoryData<byte[]> Unknown() =>
        new(
            (byte[])[],
            [0],
            [1, 2, 3, 0],
            Zip,
            [.. Zip, .. Ascii("[Content_Types].xml and ppt/presentation.xml")],
            Ascii("MZ\u0090\u0000"),
            [0xff, 0xfe, (byte)'a', 0],
            [0xc3, 0x28],
            [.. Ascii("RIFF"), 1, 2, 3, 4, .. Ascii("WAVEfmt ")],
            [0, 0, 0, 24, .. Ascii("ftypisom")],
            [0x89, 0x50, 0x4e, 0x47]
        );

    private static byte[] Zip => [.. Ascii("PK"), 3, 4, 20, 0];

    [Theory]
    [MemberData(nameof(Known))]
    public void A_file_is_what_its_bytes_say(string kind, byte[] bytes) => FileKind.Of(bytes).ShouldBe(kind);

    [Theory]
    [MemberData(nameof(Unknown))]
    public void Anything_else_is_only_bytes(byte[] bytes) => FileKind.Of(bytes).ShouldBe(FileKind.Unknown);

    [Theory]
    [MemberData(nameof(Known))]
    public void A_file_that_was_cut_anywhere_is_looked_at_without_a_fault(string kind, byte[] bytes)
    {
        kind.ShouldNotBeNull();
        for (var length = 0; length <= bytes.Length; length++)
            FileKind.Of(bytes.AsSpan(0, length)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Only_what_cannot_run_is_shown_in_a_page()
    {
        FileKind.IsShown(FileKind.Pdf).ShouldBeTrue();
        FileKind.IsShown(FileKind.Png).ShouldBeTrue();
        FileKind.IsShown(FileKind.Text).ShouldBeTrue();
        foreach (var kind in new[] { FileKind.Html, FileKind.Xml, FileKind.Cda, FileKind.Rtf, FileKind.Unknown, null })
            FileKind.IsShown(kind).ShouldBeFalse();
    }

    private static byte[] Ascii(string text) => Encoding.Latin1.GetBytes(text);
}
