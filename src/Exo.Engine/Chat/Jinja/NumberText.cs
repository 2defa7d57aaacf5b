using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Numbers as Python's int and float read them from a text.</summary>
internal static partial class NumberText
{
    private const int Longest = 1000;

    /// <summary>Null if it is no integer in this base; base 0 goes by the prefix.</summary>
    public static BigInteger? Integer(string text, int radix)
    {
        string trimmed = text.Trim();
        if (trimmed.Length > Longest || (radix != 0 && radix is < 2 or > 36))
        {
            return null;
        }

        bool negative = trimmed.StartsWith('-');
        string digits = negative || trimmed.StartsWith('+') ? trimmed[1..] : trimmed;
        int prefix = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        bool isPrefixed = prefix > 0 && (radix == 0 || radix == prefix);
        digits = isPrefixed ? digits[2..].StartsWith('_') ? digits[3..] : digits[2..] : digits;
        if (radix == 0 && !isPrefixed && digits.StartsWith('0') && digits.Trim('0', '_').Length > 0)
        {
            return null;
        }

        return Digits(digits, isPrefixed ? prefix : radix == 0 ? 10 : radix) is { } value ? negative ? -value : value : null;
    }

    /// <summary>Null if it is no number.</summary>
    public static double? Float(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length <= Longest && Decimal().IsMatch(trimmed))
        {
            return double.Parse(trimmed.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return trimmed.TrimStart('+', '-').ToUpperInvariant() switch
        {
            _ when trimmed.Length > 1 && trimmed[1] is '+' or '-' => null,
            "INF" or "INFINITY" => trimmed[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "NAN" => double.NaN,
            _ => null,
        };
    }

    /// <summary>The number to so many decimals as Python's round gives it: to the nearest, and to the even one exactly between two.</summary>
    public static double Round(double value, int decimals)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return value;
        }

        // The exact value is mantissa · 2^exponent; as a fraction times 10^decimals it is rounded once.
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (biased == 0 ? 0 : 1L << 52);
        int exponent = Math.Max(1, biased) - 1075;
        BigInteger scale = BigInteger.Pow(10, Math.Abs(decimals));
        BigInteger numerator = (exponent > 0 ? mantissa << exponent : mantissa) * (decimals > 0 ? scale : 1);
        BigInteger denominator = (exponent < 0 ? BigInteger.One << -exponent : 1) * (decimals < 0 ? scale : 1);
        string rounded = NearestEven(numerator, denominator).ToString(CultureInfo.InvariantCulture);
        return Math.CopySign(double.Parse($"{rounded}E{-decimals}", CultureInfo.InvariantCulture), value);
    }

    /// <summary>The integer to so many decimals: itself, or to tens, hundreds… where they are below 0.</summary>
    public static BigInteger Round(BigInteger value, int decimals)
    {
        if (decimals >= 0)
        {
            return value;
        }

        BigInteger unit = BigInteger.Pow(10, -decimals);
        return NearestEven(BigInteger.Abs(value), unit) * unit * value.Sign;
    }

    private static BigInteger NearestEven(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static BigInteger? Digits(string digits, int radix)
    {
        BigInteger value = 0;
        bool afterDigit = false;
        foreach (char c in digits)
        {
            if (c == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }

            int digit = char.IsDigit(c) ? (int)char.GetNumericValue(c) : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : radix;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
            afterDigit = true;
        }

        return afterDigit ? value : null;
    }

    [GeneratedRegex(@"^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$", RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex Decimal();
}
