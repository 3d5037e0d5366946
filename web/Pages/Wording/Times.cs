using System.Globalization;

namespace Rms.Web.Pages.Wording;

/// <summary>
/// Times as people read them: 12 Mar 2026, 14:30 in the site's zone (12 mars 2026, 14 h 30 in French), ages as 2 d or 5 h.
/// Spaces inside are no-break spaces, so that a date never wraps.
/// </summary>
public sealed class Times(TimeProvider clock)
{
    private const char Gap = '\u00A0';

    private static readonly string[] English =
    [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
    ];

    private static readonly string[] French =
    [
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juill.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ];

    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Toronto");

    /// <summary>12 Mar 2026, 14:30, in the site's zone.</summary>
    public string Moment(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, Zone);
        return $"{Date(DateOnly.FromDateTime(local.DateTime))},{Gap}{Clock(local)}";
    }

    /// <summary>14:30, in the site's zone.</summary>
    public string Hour(DateTimeOffset at) => Clock(TimeZoneInfo.ConvertTime(at, Zone));

    /// <summary>12 Mar 2026.</summary>
    public string Date(DateOnly day) => $"{day.Day}{Gap}{Month(day.Month)}{Gap}{day.Year:0000}";

    /// <summary>How long ago, in the largest whole unit: 3 min, 5 h, 2 d (from 48 hours on).</summary>
    public string Age(DateTimeOffset since)
    {
        TimeSpan age = clock.GetUtcNow() - since;
        return age switch
        {
            { TotalMinutes: < 1 } => $"<{Gap}1{Gap}min",
            { TotalHours: < 1 } => $"{(int)age.TotalMinutes}{Gap}min",
            { TotalHours: < 48 } => $"{(int)age.TotalHours}{Gap}h",
            _ => $"{(int)age.TotalDays}{Gap}{(IsFrench ? "j" : "d")}",
        };
    }

    /// <summary>The units of an age (minutes, hours, days), for the script that keeps ages current.</summary>
    public static string Units => IsFrench ? "min h j" : "min h d";

    /// <summary>A date or time as FHIR writes it, with the precision that it has: a year, a month, a day or a moment; else as sent.</summary>
    public string Fhir(string? sent)
    {
        if (string.IsNullOrWhiteSpace(sent))
        {
            return "";
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (DateOnly.TryParseExact(sent, "yyyy-MM-dd", invariant, DateTimeStyles.None, out DateOnly day))
        {
            return Date(day);
        }

        if (DateOnly.TryParseExact(sent, "yyyy-MM", invariant, DateTimeStyles.None, out DateOnly month))
        {
            return $"{Month(month.Month)}{Gap}{month.Year:0000}";
        }

        return
            sent.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(sent, invariant, out DateTimeOffset at)
            ? Moment(at)
            : sent;
    }

    /// <summary>Whole years since a FHIR birth date, today in the site's zone; null when the date gives no year or lies ahead.</summary>
    public int? YearsSince(string? birthDate)
    {
        if (
            birthDate is null
            || birthDate.Length < 4
            || !int.TryParse(birthDate.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int year)
        )
        {
            return null;
        }

        DateTimeOffset today = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), Zone);
        bool ahead =
            DateOnly.TryParseExact(
                birthDate,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateOnly born
            )
            && (born.Month, born.Day).CompareTo((today.Month, today.Day)) > 0;
        int years = today.Year - year - (ahead ? 1 : 0);
        return years is >= 0 and < 140 ? years : null;
    }

    private static string Clock(DateTimeOffset local) =>
        IsFrench ? $"{local.Hour}{Gap}h{Gap}{local.Minute:00}" : $"{local.Hour:00}:{local.Minute:00}";

    private static string Month(int month) => (IsFrench ? French : English)[month - 1];

    private static bool IsFrench => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "fr";
}
