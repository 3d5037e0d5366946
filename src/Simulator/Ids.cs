using System.Security.Cryptography;
using System.Text;

namespace Rms.Simulator;

/// <summary>Identifiers for messages and resources: UUIDs as lower-case text.</summary>
internal static class Ids
{
    /// <summary>A random UUID (version 4).</summary>
    public static string New() => Shape(RandomNumberGenerator.GetBytes(16), version: 4);

    /// <summary>
    /// The same UUID (version 8) for the same text: a resource keeps its id from message to message, and a seeded
    /// referral is the same on every machine.
    /// </summary>
    public static string From(string text) => Shape(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16], version: 8);

    private static string Shape(byte[] bytes, int version)
    {
        bytes[6] = (byte)((bytes[6] & 0x0F) | (version << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
