using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Rms.Fhir.Json;

namespace Rms.Fhir;

/// <summary>How much of a date is known.</summary>
public enum DatePrecision
{
    /// <summary>Only the year.</summary>
    Year,

    /// <summary>Year and month.</summary>
    Month,

    /// <summary>The day, without a time.</summary>
    Day,

    /// <summary>Hour and minute: not R4, which wants seconds, but sent by some.</summary>
    Minute,

    /// <summary>Seconds or finer, with a zone.</summary>
    Second,
}

/// <summary>
/// The parts of a FHIR date, dateTime or instant, which may be partial. The model keeps the text; this reads it.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FhirDate
{
    /// <summary>How much is known.</summary>
    public DatePrecision Precision { get; private init; }

    /// <summary>The year, 1 to 9999.</summary>
    public int Year { get; private init; }

    /// <summary>The month, 1 to 12; null when only the year is known.</summary>
    public int? Month { get; private init; }

    /// <summary>The day of the month; null when it is not known.</summary>
    public int? Day { get; private init; }

    /// <summary>The moment with the zone it was written in; null for a date without a time.</summary>
    public DateTimeOffset? Moment { get; private init; }

    /// <summary>The first day that the date can mean.</summary>
    public DateOnly FirstDay => new(Year, Month ?? 1, Day ?? 1);

    /// <summary>The last day that the date can mean.</summary>
    public DateOnly LastDay => new(Year, Month ?? 12, Day ?? DateTime.DaysInMonth(Year, Month ?? 12));

    /// <summary>Reads a date, dateTime or instant. A leap second counts as the second before it.</summary>
    /// <returns>False when the text is none of these.</returns>
    public static bool TryParse(string? text, out FhirDate date)
    {
        date = default;
        Span<byte> utf8 = stackalloc byte[64];
        if (
            text is null
            || !Encoding.UTF8.TryGetBytes(text, utf8, out var length)
            || !Syntax.DateTime(utf8[..length], out var precision)
        )
        {
            return false;
        }

        var culture = CultureInfo.InvariantCulture;
        date = new FhirDate
        {
            Precision = precision,
            Year = int.Parse(text.AsSpan(0, 4), culture),
            Month = precision >= DatePrecision.Month ? int.Parse(text.AsSpan(5, 2), culture) : null,
            Day = precision >= DatePrecision.Day ? int.Parse(text.AsSpan(8, 2), culture) : null,
        };
        if (precision >= DatePrecision.Minute)
        {
            if (MomentOf(text) is not { } moment)
            {
                return false;
            }

            date = date with { Moment = moment };
        }

        return true;
    }

    /// <summary>A day as FHIR writes it.</summary>
    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A moment as FHIR writes a dateTime or instant, to the millisecond, in its own zone (Z for UTC).</summary>
    public static string Text(DateTimeOffset moment) =>
        moment.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture)
        + (moment.Offset == TimeSpan.Zero ? "Z" : moment.ToString("zzz", CultureInfo.InvariantCulture));

    private static DateTimeOffset? MomentOf(string text)
    {
        var zone = text.EndsWith('Z') ? text.Length - 1 : text.Length - 6;
        var clock = text[11..zone];
        clock = clock.Length > 5 && clock.AsSpan(6, 2) is "60" ? string.Concat(clock.AsSpan(0, 6), "59") : clock;
        // Ticks hold seven digits; FHIR allows any number.
        clock = clock.Length > 16 ? clock[..16] : clock;
        return DateTimeOffset.TryParse(
            string.Concat(text.AsSpan(0, 11), clock, text.AsSpan(zone)),
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var moment
        )
            ? moment
            : null;
    }
}
