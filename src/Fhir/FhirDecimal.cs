using System.Globalization;

namespace Rms.Fhir;

/// <summary>
/// A FHIR decimal: a number that keeps the text, and so the precision, it was written with (1.50 is not 1.5).
/// Two are equal when their texts are.
/// </summary>
public readonly record struct FhirDecimal
{
    private readonly string? _text;

    private FhirDecimal(string text) => _text = text;

    /// <summary>A number of ours; <c>1.50m</c> keeps both its decimals.</summary>
    public FhirDecimal(decimal value) => _text = value.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The number. FHIR allows more digits and larger exponents than a decimal holds: what does not fit is rounded to 28
    /// digits, or stands as the nearest decimal (the largest, or zero); the text is kept whole.
    /// </summary>
    public decimal Value
    {
        get
        {
            var text = _text ?? "0";
            if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            {
                return value;
            }

            // Only a number too large for a decimal comes here; exponents beyond a double's make it infinite, or zero.
            var large = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return large switch
            {
                >= 1 => decimal.MaxValue,
                <= -1 => decimal.MinValue,
                _ => 0,
            };
        }
    }

    /// <summary>Takes a number in JSON's notation. False, and zero, when the text is none.</summary>
    public static bool TryParse(string? text, out FhirDecimal value)
    {
        value = default;
        if (text is null || !IsJsonNumber(text))
        {
            return false;
        }

        value = new FhirDecimal(text);
        return true;
    }

    /// <summary>For a token that JSON has already found to be a number.</summary>
    internal static FhirDecimal OfJsonNumber(string text) => new(text);

    /// <summary>The text as it was written.</summary>
    public override string ToString() => _text ?? "0";

    /// <summary>A decimal of ours stands as a FHIR decimal.</summary>
    public static implicit operator FhirDecimal(decimal value) => new(value);

    private static bool IsJsonNumber(string text)
    {
        var i = text.StartsWith('-') ? 1 : 0;
        var whole = Digits(text, ref i);
        if (whole == 0 || (whole > 1 && text[i - whole] == '0'))
        {
            return false;
        }

        if (i < text.Length && text[i] == '.')
        {
            i++;
            if (Digits(text, ref i) == 0)
            {
                return false;
            }
        }

        if (i < text.Length && (text[i] is 'e' or 'E'))
        {
            i++;
            if (i < text.Length && (text[i] is '+' or '-'))
            {
                i++;
            }

            if (Digits(text, ref i) == 0)
            {
                return false;
            }
        }

        return i == text.Length;
    }

    private static int Digits(string text, ref int i)
    {
        var start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i - start;
    }
}
