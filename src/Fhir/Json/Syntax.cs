using System.Buffers;

namespace Rms.Fhir.Json;

/// <summary>The rules that FHIR R4 sets for the text of its primitives, on UTF-8 bytes.</summary>
internal static class Syntax
{
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n\f\v"u8);
    private static readonly SearchValues<byte> IdBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8
    );

    public static bool Valid(TextKind kind, ReadOnlySpan<byte> s) =>
        kind switch
        {
            TextKind.Code => Code(s),
            TextKind.Id => s.Length <= 64 && s.IndexOfAnyExcept(IdBytes) < 0,
            TextKind.Uri => s.IndexOfAny(Space) < 0,
            TextKind.Oid => Oid(s),
            TextKind.Uuid => Uuid(s),
            TextKind.Date => DateTime(s, out var precision) && precision <= DatePrecision.Day,
            TextKind.DateTime => DateTime(s, out var precision) && precision != DatePrecision.Minute,
            TextKind.Instant => DateTime(s, out var precision) && precision == DatePrecision.Second,
            TextKind.Time => Time(s) is var n and > 0 && n == s.Length,
            _ => true,
        };

    /// <summary>What a text of this kind should be, in words.</summary>
    public static string Expected(TextKind kind) =>
        kind switch
        {
            TextKind.Code => "a code: no white space at either end, and none but single spaces inside",
            TextKind.Id => "an id: 1 to 64 letters, digits, hyphens and full stops",
            TextKind.Uri => "a URI without white space",
            TextKind.Oid => "an OID as urn:oid:…",
            TextKind.Uuid => "a UUID as urn:uuid:… in lower case",
            TextKind.Date => "a date as YYYY, YYYY-MM or YYYY-MM-DD",
            TextKind.DateTime => "a dateTime as YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone",
            TextKind.Instant => "an instant as YYYY-MM-DDThh:mm:ss with a zone",
            TextKind.Time => "a time as hh:mm:ss",
            TextKind.Xhtml => "XHTML in one div of the XHTML namespace",
            _ => "a string",
        };

    private static bool Code(ReadOnlySpan<byte> s)
    {
        if (s.IndexOfAny(Space) < 0)
        {
            return true;
        }

        return !Space.Contains(s[0]) && !Space.Contains(s[^1]) && s.IndexOf("  "u8) < 0 && s.IndexOfAny("\t\r\n"u8) < 0;
    }

    private static bool Oid(ReadOnlySpan<byte> s)
    {
        if (!s.StartsWith("urn:oid:"u8) || s.Length < 11 || s[8] is < (byte)'0' or > (byte)'2' || s[9] != '.')
        {
            return false;
        }

        foreach (var part in s[10..].Split((byte)'.'))
        {
            var arc = s[10..][part];
            if (arc.IsEmpty || arc.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (arc.Length > 1 && arc[0] == '0'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Uuid(ReadOnlySpan<byte> s)
    {
        if (s.Length != 45 || !s.StartsWith("urn:uuid:"u8))
        {
            return false;
        }

        for (var i = 9; i < 45; i++)
        {
            var hyphen = i is 17 or 22 or 27 or 32;
            if (hyphen ? s[i] != '-' : s[i] is not (>= (byte)'0' and <= (byte)'9' or >= (byte)'a' and <= (byte)'f'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// True when the text is a date, or a date and time with a zone. A time without seconds, which R4 forbids but some
    /// send, is told by its precision.
    /// </summary>
    public static bool DateTime(ReadOnlySpan<byte> s, out DatePrecision precision)
    {
        precision = DatePrecision.Year;
        if (!Digits(s, 0, 4, out var year) || year == 0)
        {
            return false;
        }

        if (s.Length == 4)
        {
            return true;
        }

        precision = DatePrecision.Month;
        if (s[4] != '-' || !Digits(s, 5, 2, out var month) || month is 0 or > 12)
        {
            return false;
        }

        if (s.Length == 7)
        {
            return true;
        }

        precision = DatePrecision.Day;
        if (s[7] != '-' || !Digits(s, 8, 2, out var day) || day == 0 || day > System.DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        if (s.Length == 10)
        {
            return true;
        }

        if (s[10] != 'T')
        {
            return false;
        }

        precision = DatePrecision.Second;
        var length = Time(s[11..]);
        if (length < 0)
        {
            precision = DatePrecision.Minute;
            length = HourAndMinute(s[11..]) ? 5 : -1;
        }

        return length > 0 && Zone(s[(11 + length)..]);
    }

    /// <summary>The length of the time (hh:mm:ss and fraction) at the start; -1 when there is none.</summary>
    private static int Time(ReadOnlySpan<byte> s)
    {
        if (!HourAndMinute(s) || s.Length < 8 || s[5] != ':' || !Digits(s, 6, 2, out var second) || second > 60)
        {
            return -1;
        }

        if (s.Length == 8 || s[8] != '.')
        {
            return 8;
        }

        var end = 9;
        while (end < s.Length && s[end] is >= (byte)'0' and <= (byte)'9')
        {
            end++;
        }

        return end > 9 ? end : -1;
    }

    private static bool HourAndMinute(ReadOnlySpan<byte> s) =>
        Digits(s, 0, 2, out var hour)
        && hour < 24
        && s.Length >= 5
        && s[2] == ':'
        && Digits(s, 3, 2, out var minute)
        && minute < 60;

    private static bool Zone(ReadOnlySpan<byte> s) =>
        s.Length == 1
            ? s[0] == 'Z'
            : s.Length == 6
                && s[0] is (byte)'+' or (byte)'-'
                && HourAndMinute(s[1..])
                && (s[1..3].SequenceCompareTo("14"u8) < 0 || s[1..].SequenceEqual("14:00"u8));

    private static bool Digits(ReadOnlySpan<byte> s, int start, int count, out int value)
    {
        value = 0;
        if (s.Length < start + count)
        {
            return false;
        }

        for (var i = start; i < start + count; i++)
        {
            var digit = s[i] - '0';
            if ((uint)digit > 9)
            {
                return false;
            }

            value = value * 10 + digit;
        }

        return true;
    }
}
