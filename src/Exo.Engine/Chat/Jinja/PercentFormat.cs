using System.Globalization;
using System.Numerics;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Python's "%" formatting of texts.</summary>
internal static class PercentFormat
{
    private const int WidestField = 10_000;

    public static string Format(string format, object? values, Budget budget)
    {
        List<object?> items = values is JinjaSequence { Kind: SequenceKind.Tuple } tuple ? tuple.Items : [values];
        StringBuilder text = new();
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            Field field = Field.Read(format, ref i);
            if (field.Kind == '%')
            {
                text.Append('%');
                continue;
            }

            object? value = field.Key is { } key
                ? values is JinjaMapping mapping && mapping.TryGet(key, out object? named) ? named : throw new JinjaException($"there is no value named \"{key}\"")
                : used < items.Count ? items[used++] : throw new JinjaException("there are fewer values than the format needs");
            string part = field.Apply(value);
            budget.Charge(part.Length);
            text.Append(part);
        }

        return used == items.Count || values is JinjaMapping or Undefined or JinjaSequence { Kind: SequenceKind.List or SequenceKind.Range } ? text.ToString() : throw new JinjaException("there are more values than the format needs");
    }

    /// <summary>A number with decimals as Python's formats f, e, g and their like write it.</summary>
    public static string Number(double value, char kind, int precision) => kind switch
    {
        _ when !double.IsFinite(value) => PythonText.Float(value) is var text && char.IsAsciiLetterUpper(kind) ? text.ToUpperInvariant() : text,
        'f' or 'F' => value.ToString("F" + precision, CultureInfo.InvariantCulture),
        'e' => value.ToString((precision == 0 ? "0" : "0." + new string('0', precision)) + "e+00", CultureInfo.InvariantCulture),
        'E' => value.ToString((precision == 0 ? "0" : "0." + new string('0', precision)) + "E+00", CultureInfo.InvariantCulture),
        '%' => (value * 100).ToString("F" + precision, CultureInfo.InvariantCulture) + "%",
        _ => General(value, Math.Max(1, precision)),
    };

    /// <summary>An integer in base 16, 8 or 2 with its sign before it.</summary>
    /// <param name="value">The integer.</param>
    /// <param name="kind">x, X, o or b.</param>
    /// <param name="prefixed">With 0x and its like.</param>
    public static string InBase(BigInteger value, char kind, bool prefixed)
    {
        BigInteger size = BigInteger.Abs(value);
        int bits = kind is 'x' or 'X' ? 4 : kind == 'o' ? 3 : 1;
        StringBuilder digits = new();
        do
        {
            digits.Insert(0, "0123456789abcdef"[(int)(size & ((1 << bits) - 1))]);
            size >>= bits;
        }
        while (!size.IsZero);
        string text = (prefixed ? "0" + char.ToLowerInvariant(kind) : "") + digits;
        return (value.Sign < 0 ? "-" : "") + (kind == 'X' ? text.ToUpperInvariant() : text);
    }

    private static string General(double value, int precision)
    {
        string rounded = value.ToString("E" + (precision - 1), CultureInfo.InvariantCulture);
        int exponent = value == 0 ? 0 : int.Parse(rounded.AsSpan(rounded.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= precision)
        {
            string mantissa = rounded[..rounded.IndexOf('E', StringComparison.Ordinal)];
            return $"{(mantissa.Contains('.') ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        string plain = value.ToString("F" + Math.Max(0, precision - 1 - exponent), CultureInfo.InvariantCulture);
        return plain.Contains('.') ? plain.TrimEnd('0').TrimEnd('.') : plain;
    }

    private sealed record Field(string? Key, string Flags, int Width, int Precision, char Kind)
    {
        public static Field Read(string format, ref int i)
        {
            i++;
            string? key = null;
            if (i < format.Length && format[i] == '(')
            {
                int close = format.IndexOf(')', i);
                key = close < 0 ? throw new JinjaException("the format has an open parenthesis") : format[(i + 1)..close];
                i = close + 1;
            }

            int start = i;
            while (i < format.Length && format[i] is '-' or '+' or ' ' or '#' or '0')
            {
                i++;
            }

            string flags = format[start..Math.Min(i, format.Length)];
            int width = Integer(format, ref i, 0);
            int precision = -1;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = Integer(format, ref i, 0);
            }

            return i < format.Length ? new Field(key, flags, width, precision, format[i]) : throw new JinjaException("the format ends within a field");
        }

        public string Apply(object? value)
        {
            string text = Kind switch
            {
                's' => Cut(PythonText.Str(value)),
                'r' or 'a' => Cut(PythonText.Repr(value)),
                'd' or 'i' or 'u' => Signed(Whole(value).ToString(CultureInfo.InvariantCulture)),
                'x' or 'X' or 'o' => Signed(InBase(Operators.Integer(value) ?? throw new JinjaException($"an integer is needed, not a {PythonText.TypeName(value)}"), Kind, Flags.Contains('#'))),
                'f' or 'F' or 'e' or 'E' or 'g' or 'G' => Signed(Number(Operators.Float(value), Kind, Precision < 0 ? 6 : Precision)),
                'c' => value switch
                {
                    string one when CodePoints.Count(one) == 1 => one,
                    _ => Operators.Integer(value) is { } code && code >= 0 && code <= 0x10FFFF && Rune.IsValid((int)code) ? new Rune((int)code).ToString()
                        : throw new JinjaException("\"%c\" needs a character or its number"),
                },
                _ => throw new JinjaException($"the format \"%{Kind}\" is unknown"),
            };
            int room = Width - CodePoints.Count(text);
            if (room <= 0)
            {
                return text;
            }

            bool zeros = Flags.Contains('0') && !Flags.Contains('-') && Kind is not ('s' or 'r' or 'a' or 'c');
            int sign = zeros && text[0] is '-' or '+' ? 1 : 0;
            return Flags.Contains('-') ? text + new string(' ', room)
                : zeros ? text[..sign] + new string('0', room) + text[sign..]
                : new string(' ', room) + text;
        }

        private static int Integer(string format, ref int i, int otherwise)
        {
            int start = i;
            while (i < format.Length && char.IsAsciiDigit(format[i]))
            {
                i++;
            }

            return i == start ? otherwise
                : int.TryParse(format.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= WidestField ? value
                : throw new JinjaException($"a field wider than {WidestField} characters is above the limit");
        }

        private static BigInteger Whole(object? value) => Operators.Integer(value)
            ?? (value is double number && double.IsFinite(number) ? new BigInteger(number) : throw new JinjaException($"a number is needed, not a {PythonText.TypeName(value)}"));

        private string Cut(string text) => Precision >= 0 && Precision < CodePoints.Count(text) ? CodePoints.Select(text, Enumerable.Range(0, Precision)) : text;

        private string Signed(string text) => text[0] == '-' ? text : Flags.Contains('+') ? "+" + text : Flags.Contains(' ') ? " " + text : text;
    }
}
