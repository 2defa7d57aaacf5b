using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>A JSON number without rounding: whole digits over a power of ten, in lowest terms.</summary>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    private const int LargestExponent = 1000;
    private const int LongestPlain = 40;

    private ExactNumber(BigInteger digits, int scale)
    {
        while (scale > 0 && digits % 10 == 0)
        {
            digits /= 10;
            scale--;
        }

        (Digits, Scale) = (digits, scale);
    }

    /// <summary>The number times ten to <see cref="Scale"/>.</summary>
    public BigInteger Digits { get; }

    /// <summary>Digits behind the point; 0 for a whole number.</summary>
    public int Scale { get; }

    public int Sign => Digits.Sign;

    public bool IsWhole => Scale == 0;

    /// <summary>The number without an exponent and without zeros that say nothing; null where that is long.</summary>
    public string? Plain
    {
        get
        {
            string digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
            string plain = (Sign < 0 ? "-" : "") + digits[..^Scale] + (Scale > 0 ? "." + digits[^Scale..] : "");
            return plain.Length <= LongestPlain ? plain : null;
        }
    }

    public static ExactNumber operator -(ExactNumber number) => new(-number.Digits, number.Scale);

    /// <summary>The value of a number; null for one with more than a thousand digits before or behind the point.</summary>
    public static ExactNumber? From(JsonElement number)
    {
        string text = number.GetRawText();
        int e = text.AsSpan().IndexOfAny('e', 'E');
        string mantissa = e < 0 ? text : text[..e];
        if (mantissa.Length > LargestExponent || !TryExponent(e < 0 ? "0" : text[(e + 1)..], out int exponent))
        {
            return null;
        }

        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int scale = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        BigInteger digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return scale >= 0 ? new ExactNumber(digits, digits.IsZero ? 0 : scale) : new ExactNumber(digits * BigInteger.Pow(10, -scale), 0);
    }

    /// <summary>The least number that is a multiple of both, which are above zero.</summary>
    public static ExactNumber LeastMultiple(ExactNumber a, ExactNumber b)
    {
        int scale = Math.Max(a.Scale, b.Scale);
        BigInteger first = a.Digits * BigInteger.Pow(10, scale - a.Scale);
        BigInteger second = b.Digits * BigInteger.Pow(10, scale - b.Scale);
        return new ExactNumber(first / BigInteger.GreatestCommonDivisor(first, second) * second, scale);
    }

    public bool IsMultipleOf(ExactNumber step) => (Digits * BigInteger.Pow(10, step.Scale) % (step.Digits * BigInteger.Pow(10, Scale))).IsZero;

    public int CompareTo(ExactNumber other) => (Digits * BigInteger.Pow(10, other.Scale)).CompareTo(other.Digits * BigInteger.Pow(10, Scale));

    private static bool TryExponent(string text, out int exponent) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) && exponent is >= -LargestExponent and <= LargestExponent;
}
