using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Rms.Fhir;

/// <summary>
/// The content of a FHIR base64Binary: either a slice of the UTF-8 text that was read (nothing is copied or decoded
/// until asked for), or bytes of ours. Two are equal when they share the same memory.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FhirBase64
{
    private readonly ReadOnlyMemory<byte> _data;
    private readonly bool _isText;

    private FhirBase64(ReadOnlyMemory<byte> data, bool isText, int length)
    {
        _data = data;
        _isText = isText;
        DecodedLength = length;
    }

    /// <summary>The number of bytes that <see cref="Decode"/> gives.</summary>
    public int DecodedLength { get; }

    /// <summary>Bytes of ours, kept as they are and encoded when written.</summary>
    public static FhirBase64 From(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new FhirBase64(bytes, isText: false, bytes.Length);
    }

    /// <summary>Base64 in UTF-8, kept, not copied; white space may stand in it. False when it is not base64.</summary>
    public static bool TryFromText(ReadOnlyMemory<byte> utf8, out FhirBase64 value)
    {
        var valid = Base64.IsValid(utf8.Span, out var length);
        value = valid ? new FhirBase64(utf8, isText: true, length) : default;
        return valid;
    }

    /// <summary>The bytes, in an array of their own.</summary>
    public byte[] Decode()
    {
        var bytes = new byte[DecodedLength];
        DecodeTo(bytes);
        return bytes;
    }

    /// <summary>Decodes into a buffer of at least <see cref="DecodedLength"/> bytes; gives how many were written.</summary>
    /// <exception cref="ArgumentException">The buffer is too short.</exception>
    public int DecodeTo(Span<byte> destination)
    {
        if (destination.Length < DecodedLength)
        {
            throw new ArgumentException($"{DecodedLength} bytes do not fit.", nameof(destination));
        }

        if (!_isText)
        {
            _data.Span.CopyTo(destination);
            return DecodedLength;
        }

        var status = Base64.DecodeFromUtf8(_data.Span, destination, out _, out var written);
        return status == OperationStatus.Done
            ? written
            : throw new InvalidOperationException("The text under this value was changed after it was read.");
    }

    internal bool IsText => _isText;

    internal ReadOnlySpan<byte> Data => _data.Span;

    /// <summary>The base64 text.</summary>
    public override string ToString() =>
        _isText ? Encoding.UTF8.GetString(_data.Span) : Convert.ToBase64String(_data.Span);
}
