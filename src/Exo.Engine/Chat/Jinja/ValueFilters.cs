using System.Globalization;
using System.Numerics;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Filters on single values and numbers.</summary>
internal static class ValueFilters
{
    public static void AddTo(Dictionary<string, FilterTable.Filter> filters)
    {
        filters["default"] = filters["d"] = Default;
        filters["int"] = ToInteger;
        filters["float"] = ToFloat;
        filters["abs"] = Abs;
        filters["round"] = (evaluator, value, arguments) => Round(value, arguments);
        filters["filesizeformat"] = FileSize;
        filters["attr"] = (evaluator, value, arguments) => Attributes.Own(evaluator, value, arguments.Bind("attr", "name").Text(0));
    }

    private static object? Default(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("default", "default_value", "boolean");
        return value is Undefined || (bound.Flag(1) && !Operators.IsTrue(value)) ? bound.Or(0, "") : value;
    }

    private static object? ToInteger(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("int", "default", "base");
        object? otherwise = bound.Or(0, BigInteger.Zero);
        int radix = bound.IntegerOr(1, 10);
        return value switch
        {
            Undefined undefined => throw undefined.Fail(),
            string text => Parse(text.Trim().Replace("_", "", StringComparison.Ordinal), radix) ?? otherwise,
            double number => double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : otherwise,
            _ => Operators.Integer(value) is { } whole ? whole : otherwise,
        };
    }

    private static BigInteger? Parse(string text, int radix)
    {
        if (text.Length > 1000)
        {
            return null;
        }

        if (radix == 10)
        {
            return BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger whole) ? whole
                : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? new BigInteger(Math.Truncate(number))
                : null;
        }

        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        string prefix = radix switch { 16 => "0x", 8 => "0o", 2 => "0b", _ => "" };
        digits = prefix.Length > 0 && digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits;
        BigInteger value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return digits.Length == 0 ? null : negative ? -value : value;
    }

    private static object? ToFloat(Evaluator evaluator, object? value, CallArguments arguments)
    {
        object? otherwise = arguments.Bind("float", "default").Or(0, 0.0);
        return value switch
        {
            Undefined undefined => throw undefined.Fail(),
            string text => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : otherwise,
            _ => Operators.IsNumber(value) ? Operators.Float(value) : otherwise,
        };
    }

    private static object? Abs(Evaluator evaluator, object? value, CallArguments arguments)
    {
        arguments.Bind("abs");
        return value switch
        {
            Undefined undefined => throw undefined.Fail(),
            double number => Math.Abs(number),
            _ => Operators.Integer(value) is { } whole ? BigInteger.Abs(whole) : throw new JinjaException($"abs needs a number, not a {PythonText.TypeName(value)}"),
        };
    }

    private static double Round(object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("round", "precision", "method");
        int precision = Math.Clamp(bound.IntegerOr(0, 0), -300, 300);
        double number = Operators.Float(value);
        double factor = Math.Pow(10, precision);
        return bound.TextOr(1, "common") switch
        {
            "ceil" => Math.Ceiling(number * factor) / factor,
            "floor" => Math.Floor(number * factor) / factor,
            "common" => precision is >= 0 and <= 15
                ? double.Parse(number.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) is var rounded && IsTie(number, factor) ? Math.Round(number * factor, MidpointRounding.ToEven) / factor : rounded
                : Math.Round(number * factor, MidpointRounding.ToEven) / factor,
            string other => throw new JinjaException($"round has no method \"{other}\""),
            null => number,
        };
    }

    // Exactly between two: only then does Python's rule of the even digit matter.
    private static bool IsTie(double number, double factor) => Math.Abs((decimal)Math.Clamp(number, -1e12, 1e12) * (decimal)factor % 1m) == 0.5m && number * factor * 2 == Math.Floor(number * factor * 2);

    private static string FileSize(Evaluator evaluator, object? value, CallArguments arguments)
    {
        bool binary = arguments.Bind("filesizeformat", "binary").Flag(0);
        double bytes = value is string text ? double.Parse(text, CultureInfo.InvariantCulture) : Operators.Float(value);
        double step = binary ? 1024 : 1000;
        if (bytes < step)
        {
            return bytes == 1 ? "1 Byte" : $"{(long)bytes} Bytes";
        }

        string[] units = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        int unit = 0;
        double scaled = bytes / step;
        while (scaled >= step && unit < units.Length - 1)
        {
            scaled /= step;
            unit++;
        }

        return scaled.ToString("F1", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
