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
            string text => NumberText.Integer(text, radix) is { } parsed ? parsed : (NumberText.Float(text) is { } number && double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : otherwise),
            double number => double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : otherwise,
            _ => Operators.Integer(value) is { } whole ? whole : otherwise,
        };
    }

    private static object? ToFloat(Evaluator evaluator, object? value, CallArguments arguments)
    {
        object? otherwise = arguments.Bind("float", "default").Or(0, 0.0);
        return value switch
        {
            Undefined undefined => throw undefined.Fail(),
            string text => NumberText.Float(text) is { } number ? number : otherwise,
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

    private static object Round(object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("round", "precision", "method");
        string method = bound.TextOr(1, "common")!;
        int precision = Math.Clamp(bound.IntegerOr(0, 0), -400, 400);
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw new JinjaException($"round has no method \"{method}\"");
        }

        if (method != "common")
        {
            // As Jinja computes it, with the rounding of both products.
            double factor = Math.Pow(10, precision);
            double scaled = Operators.Float(value) * factor;
            return (method == "ceil" ? Math.Ceiling(scaled) + 0.0 : Math.Floor(scaled) + 0.0) / factor;
        }

        bool isWhole = bound.Has(0) && bound[0] is null;
        return Operators.Integer(value) is { } whole ? NumberText.Round(whole, precision)
            : NumberText.Round(Operators.Float(value), precision) is var rounded && isWhole && double.IsFinite(rounded) ? new BigInteger(rounded)
            : rounded;
    }

    private static string FileSize(Evaluator evaluator, object? value, CallArguments arguments)
    {
        bool binary = arguments.Bind("filesizeformat", "binary").Flag(0);
        double bytes = value is string text ? NumberText.Float(text) ?? throw new JinjaException("filesizeformat needs a number of bytes") : Operators.Float(value);
        double step = binary ? 1024 : 1000;
        if (bytes < step)
        {
            return bytes == 1 ? "1 Byte" : $"{new BigInteger(bytes)} Bytes";
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
