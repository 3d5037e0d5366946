using System.Runtime.InteropServices;
using System.Text;

namespace Rms.Fhir.Json;

/// <summary>
/// A fixed set of texts found by their UTF-8 bytes. Made once from constants and never changed, so no input can grow
/// it or slow it down, and threads share it freely.
/// </summary>
internal sealed class Utf8Table
{
    private readonly Slot[] _slots;

    private readonly record struct Slot(byte[]? Bytes, string Text);

    public Utf8Table(IEnumerable<string> texts)
    {
        var all = texts.Distinct(StringComparer.Ordinal).ToArray();
        // At most a quarter full: most misses end at the first, empty slot.
        _slots = new Slot[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, all.Length * 4))];
        foreach (var text in all)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var i = Start(bytes);
            while (_slots[i].Bytes is not null)
            {
                i = i + 1 & _slots.Length - 1;
            }

            _slots[i] = new Slot(bytes, text);
        }
    }

    /// <summary>The text with these bytes; null when it is not in the set.</summary>
    public string? Find(ReadOnlySpan<byte> bytes)
    {
        var slots = _slots;
        for (var i = Start(bytes); ; i = i + 1 & slots.Length - 1)
        {
            ref readonly var slot = ref slots[i];
            if (slot.Bytes is null)
            {
                return null;
            }

            if (bytes.SequenceEqual(slot.Bytes))
            {
                return slot.Text;
            }
        }
    }

    /// <summary>Looks at the length and at eight bytes from the start, the middle and the end: URLs differ there.</summary>
    private int Start(ReadOnlySpan<byte> bytes)
    {
        ulong hash;
        if (bytes.Length >= 8)
        {
            hash = MemoryMarshal.Read<ulong>(bytes);
            hash = hash * 0x9E3779B97F4A7C15 ^ MemoryMarshal.Read<ulong>(bytes[(bytes.Length - 8 >> 1)..]);
            hash = hash * 0x9E3779B97F4A7C15 ^ MemoryMarshal.Read<ulong>(bytes[^8..]);
        }
        else
        {
            hash = 0;
            foreach (var b in bytes)
            {
                hash = hash << 8 | b;
            }
        }

        hash = (hash ^ (ulong)bytes.Length) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 40) & _slots.Length - 1;
    }
}

/// <summary>The codes of a required binding.</summary>
internal sealed class CodeSet(string name, string[] codes)
{
    private readonly Utf8Table _table = new(codes);

    /// <summary>The value set's computable name.</summary>
    public string Name { get; } = name;

    public ReadOnlySpan<string> Codes => codes;

    /// <summary>The constant with these bytes; null when it is no code of this set.</summary>
    public string? Find(ReadOnlySpan<byte> bytes) => _table.Find(bytes);

    public bool Has(string code) => Array.IndexOf(codes, code) >= 0;
}
