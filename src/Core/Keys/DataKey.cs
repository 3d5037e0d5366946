using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rms.Core.Keys;

/// <summary>
/// The key of one referral (or of a message that belongs to none), unwrapped: seals and opens what is kept about it.
/// </summary>
/// <remarks>
/// A sealed value is: one byte of format (0 plain, 1 Brotli), 12 of nonce, the AES-256-GCM ciphertext, 16 of tag. The
/// associated data is the owner's id and the purpose, so that a value can't be moved to another row or column.
/// </remarks>
public sealed class DataKey
{
    private const byte Plain = 0;
    private const byte Compressed = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int WorthCompressing = 256;

    private readonly byte[] _key;

    internal DataKey(Guid owner, byte[] key) => (Owner, _key) = (owner, key);

    /// <summary>The referral or message whose key it is.</summary>
    public Guid Owner { get; }

    /// <summary>Seals bytes for a purpose (a column's name).</summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> plain)
    {
        var format = Plain;
        if (plain.Length >= WorthCompressing)
        {
            var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
            if (
                BrotliEncoder.TryCompress(plain, buffer, out var written, quality: 1, window: 18)
                && written + sizeof(int) < plain.Length
            )
            {
                var framed = new byte[sizeof(int) + written];
                BinaryPrimitives.WriteInt32LittleEndian(framed, plain.Length);
                buffer.AsSpan(0, written).CopyTo(framed.AsSpan(sizeof(int)));
                format = Compressed;
                return Encrypt(format, purpose, framed);
            }
        }
        return Encrypt(format, purpose, plain);
    }

    /// <summary>Seals a text.</summary>
    public byte[] Seal(string purpose, string text) => Seal(purpose, Encoding.UTF8.GetBytes(text));

    /// <summary>Seals a record as JSON.</summary>
    public byte[] Seal<T>(string purpose, T value, JsonTypeInfo<T> type) =>
        Seal(purpose, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Opens what <see cref="Seal(string, ReadOnlySpan{byte})"/> sealed; CryptographicException when tampered with.</summary>
    public byte[] Open(string purpose, ReadOnlySpan<byte> value)
    {
        if (value.Length < 1 + NonceSize + TagSize)
            throw new CryptographicException("A sealed value is too short.");
        var plain = new byte[value.Length - 1 - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(
            value.Slice(1, NonceSize),
            value[(1 + NonceSize)..^TagSize],
            value[^TagSize..],
            plain,
            Associated(value[0], purpose)
        );
        if (value[0] == Plain)
            return plain;
        var whole = new byte[BinaryPrimitives.ReadInt32LittleEndian(plain)];
        if (!BrotliDecoder.TryDecompress(plain.AsSpan(sizeof(int)), whole, out var length) || length != whole.Length)
            throw new CryptographicException("A sealed value does not unpack.");
        return whole;
    }

    /// <summary>Opens a text.</summary>
    public string OpenText(string purpose, ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(Open(purpose, value));

    /// <summary>Opens a record.</summary>
    public T Open<T>(string purpose, ReadOnlySpan<byte> value, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Open(purpose, value), type) ?? throw new JsonException("A sealed record was null.");

    private byte[] Encrypt(byte format, string purpose, ReadOnlySpan<byte> content)
    {
        var value = new byte[1 + NonceSize + content.Length + TagSize];
        value[0] = format;
        RandomNumberGenerator.Fill(value.AsSpan(1, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(
            value.AsSpan(1, NonceSize),
            content,
            value.AsSpan(1 + NonceSize, content.Length),
            value.AsSpan(^TagSize..),
            Associated(format, purpose)
        );
        return value;
    }

    private byte[] Associated(byte format, string purpose)
    {
        var associated = new byte[17 + Encoding.UTF8.GetByteCount(purpose)];
        associated[0] = format;
        Owner.TryWriteBytes(associated.AsSpan(1));
        Encoding.UTF8.GetBytes(purpose, associated.AsSpan(17));
        return associated;
    }
}
