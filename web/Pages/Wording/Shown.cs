using System.Globalization;
using Rms.Core;

namespace Rms.Web.Pages.Wording;

/// <summary>How the parts of a referral are written on a page: names, numbers, addresses. Nothing here is a word: words are in Words.</summary>
public static class Shown
{
    private const char Gap = '\u00A0';

    /// <summary>A code as resource keys and style classes write it: AwaitingReply and awaiting-reply are both awaiting-reply.</summary>
    public static string Kebab(string code) =>
        string.Concat(
            code.Select(
                (c, i) =>
                    !char.IsAsciiLetterUpper(c) ? $"{c}"
                    : i > 0 && char.IsAsciiLetterLower(code[i - 1]) ? $"-{char.ToLowerInvariant(c)}"
                    : $"{char.ToLowerInvariant(c)}"
            )
        );

    /// <summary>A health card number as it is printed: 9876 543 217 XK for ten digits, else as sent, with its version code.</summary>
    public static string HealthNumber(PatientIdentifier card)
    {
        string number = card.Value?.Trim() ?? "";
        if (number.Length == 10 && number.All(char.IsAsciiDigit))
        {
            number = $"{number[..4]}{Gap}{number[4..7]}{Gap}{number[7..]}";
        }

        return string.IsNullOrWhiteSpace(card.VersionCode) ? number : $"{number}{Gap}{card.VersionCode.Trim()}";
    }

    /// <summary>The lines of an address, empty ones left out; its own text when it has no parts.</summary>
    public static IReadOnlyList<string> Lines(PostalAddress address)
    {
        List<string> lines = [.. address.Lines.Where(line => !string.IsNullOrWhiteSpace(line))];
        string[] place = [address.City ?? "", address.Province ?? "", address.PostalCode ?? ""];
        string town = string.Join(' ', place.Where(part => !string.IsNullOrWhiteSpace(part)));
        if (town.Length > 0)
        {
            lines.Add(town);
        }

        if (lines.Count == 0 && !string.IsNullOrWhiteSpace(address.Text))
        {
            lines.AddRange(
                address.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            );
        }

        if (
            lines.Count > 0
            && !string.IsNullOrWhiteSpace(address.Country)
            && address.Country is not ("CA" or "CAN" or "Canada")
        )
        {
            lines.Add(address.Country);
        }

        return lines;
    }

    /// <summary>A link for a phone number or e-mail address; null for anything that cannot safely be one.</summary>
    public static string? Link(ContactPoint point)
    {
        string value = point.Value?.Trim() ?? "";
        if (point.System == "email" && value.Contains('@', StringComparison.Ordinal) && !value.Any(char.IsWhiteSpace))
        {
            return "mailto:" + Uri.EscapeDataString(value).Replace("%40", "@", StringComparison.Ordinal);
        }

        string digits = new([.. value.Where(c => char.IsAsciiDigit(c) || c == '+')]);
        return point.System is "phone" or "sms" && digits.Length >= 7 ? "tel:" + digits : null;
    }

    /// <summary>340 kB, 2.1 MB; in French kB is ko and MB is Mo, decimals as the language writes them.</summary>
    public static string Size(long bytes)
    {
        CultureInfo culture = CultureInfo.CurrentUICulture;
        string unit = culture.TwoLetterISOLanguageName == "fr" ? "o" : "B";
        return bytes switch
        {
            < 1000 => string.Create(culture, $"{bytes}{Gap}{unit}"),
            < 1_000_000 => string.Create(culture, $"{bytes / 1000.0:0}{Gap}k{unit}"),
            _ => string.Create(culture, $"{bytes / 1_000_000.0:0.0}{Gap}M{unit}"),
        };
    }

    /// <summary>Paragraphs of plain text, empty ones left out.</summary>
    public static IEnumerable<string> Paragraphs(string plain) =>
        plain.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Two letters for a person's badge.</summary>
    public static string Initials(string name)
    {
        string[] parts = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length switch
        {
            0 => "",
            1 => StringInfo.GetNextTextElement(parts[0]).ToUpperInvariant(),
            _ => (
                StringInfo.GetNextTextElement(parts[0]) + StringInfo.GetNextTextElement(parts[^1])
            ).ToUpperInvariant(),
        };
    }
}
