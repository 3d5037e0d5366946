using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rms.Simulator.Attachments;

/// <summary>Draws a made-up heart trace as a grey PNG, so that there is an image to look at.</summary>
internal static class Png
{
    private const int Width = 720;
    private const int Height = 180;

    /// <param name="beat">Distance of the beats in pixels, 60 to 140.</param>
    public static byte[] HeartTrace(int beat)
    {
        var rows = new byte[Height * (Width + 1)];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                rows[Place(x, y)] = x % 20 == 0 || y % 20 == 0 ? (byte)215 : (byte)255;
            }
        }

        var before = Level(0, beat);
        for (var x = 0; x < Width; x++)
        {
            var level = Level(x, beat);
            for (var y = Math.Min(before, level); y <= Math.Max(before, level) + 1; y++)
            {
                rows[Place(x, y)] = 20;
            }

            before = level;
        }

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        header[8] = 8; // Bits per sample; colour type 0 (grey), no filter, not interlaced.
        return
        [
            0x89,
            0x50,
            0x4E,
            0x47,
            0x0D,
            0x0A,
            0x1A,
            0x0A,
            .. Chunk("IHDR", header),
            .. Chunk("IDAT", compressed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    private static int Place(int x, int y) => y * (Width + 1) + 1 + x;

    /// <summary>Height of the trace: a small wave, a spike, a broad wave, then rest.</summary>
    private static int Level(int x, int beat)
    {
        var phase = (double)(x % beat) / beat;
        var up = phase switch
        {
            > 0.10 and < 0.20 => 9 * Math.Sin((phase - 0.10) * Math.PI / 0.10),
            > 0.26 and < 0.28 => -12,
            >= 0.28 and < 0.31 => 95 * Math.Sin((phase - 0.28) * Math.PI / 0.03),
            >= 0.31 and < 0.33 => -22,
            > 0.45 and < 0.65 => 20 * Math.Sin((phase - 0.45) * Math.PI / 0.20),
            _ => 0,
        };
        return (int)(125 - up);
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        var chunk = new byte[4 + named.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + named.Length), Checksum(named));
        return chunk;
    }

    /// <summary>CRC-32 as PNG wants it (ISO 3309).</summary>
    private static uint Checksum(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
