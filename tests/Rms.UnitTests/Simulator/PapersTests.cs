using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rms.Simulator.Attachments;
using Rms.Simulator.Content;
using Shouldly;
using Xunit;

namespace Rms.UnitTests.Simulator;

public class PapersTests
{
    [Fact]
    public void The_letter_is_a_pdf_whose_table_points_at_its_objects()
    {
        var bytes = Papers.Letter(Sample.Referral, Listing.Cardiology, Sample.Draft(Scenario.RichForm));
        var text = Encoding.Latin1.GetString(bytes);

        text.ShouldStartWith("%PDF-1.4");
        text.ShouldEndWith("%%EOF\n");
        var lines = text[int.Parse(text.Split("startxref\n")[1].Split('\n')[0], CultureInfo.InvariantCulture)..]
            .Split('\n');
        lines[0].ShouldBe("xref");
        var count = int.Parse(lines[1].Split(' ')[1], CultureInfo.InvariantCulture);
        for (var i = 1; i < count; i++)
        {
            var offset = int.Parse(lines[2 + i][..10], CultureInfo.InvariantCulture);
            text[offset..].ShouldStartWith($"{i} 0 obj\n");
        }

        text.ShouldContain($"Reference: {Sample.Referral}");
        text.Split("/Type /Page ").Length.ShouldBe(3); // Two pages.
    }

    [Fact]
    public void The_letter_carries_the_patient_s_name_in_any_script_as_its_title()
    {
        var draft = Sample.Draft();
        draft = draft with { Patient = draft.Patient with { Given = "秀英", Family = "欧阳" } };

        var text = Encoding.Latin1.GetString(Papers.Letter(Sample.Referral, Listing.Cardiology, draft));

        text.ShouldContain(Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes("秀英 欧阳")));
    }

    [Fact]
    public void The_heart_trace_is_a_png_of_the_size_that_it_says()
    {
        var png = Png.HeartTrace(90);

        png[..8].ShouldBe([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
        var height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var zlib = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        rows.Length.ShouldBe(height * (width + 1));
        // The checksum of an empty IEND chunk is the same in every PNG.
        png[^4..].ShouldBe([0xAE, 0x42, 0x60, 0x82]);
    }
}
