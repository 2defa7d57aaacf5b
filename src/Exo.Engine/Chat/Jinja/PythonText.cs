using System.Globalization;
using System.Numerics;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Values as Python prints them: str and repr.</summary>
internal static class PythonText
{
    private const int DeepestNesting = 200;

    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        JinjaMapping => "dict",
        JinjaSequence { Kind: SequenceKind.List } => "list",
        JinjaSequence { Kind: SequenceKind.Tuple } => "tuple",
        JinjaSequence { Kind: SequenceKind.Generator } => "generator",
        JinjaSequence { Kind: SequenceKind.Range } => "range",
        JinjaSequence => "dict view",
        Undefined => "Undefined",
        JinjaNamespace => "Namespace",
        JinjaFunction => "function",
        LoopState => "LoopContext",
        _ => "object",
    };

    public static string Str(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    public static string Repr(object? value)
    {
        StringBuilder text = new();
        Write(value, text, 0);
        return text.ToString();
    }

    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        (string sign, string mantissa, int exponent) = Parts(value.ToString("R", CultureInfo.InvariantCulture));
        if (exponent is < -4 or >= 16)
        {
            string fraction = mantissa.Length > 1 ? "." + mantissa[1..] : "";
            return $"{sign}{mantissa[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{mantissa}"
            : mantissa.Length <= exponent + 1 ? $"{sign}{mantissa.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{mantissa[..(exponent + 1)]}.{mantissa[(exponent + 1)..]}";
    }

    /// <summary>A text between quotes, as repr writes it.</summary>
    public static void Quote(string value, StringBuilder text)
    {
        char quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        foreach (Rune rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\\' => text.Append("\\\\"),
                int code when code == quote => text.Append('\\').Append(quote),
                int code when IsPrintable(rune) => text.Append(rune.ToString()),
                int code when code < 0x100 => text.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
                int code when code < 0x10000 => text.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
                int code => text.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
            };
        }

        text.Append(quote);
    }

    /// <summary>Whether repr writes the character as it is.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    // The digits that identify the number, without point and without zeros around them, and the power of ten of the first.
    private static (string Sign, string Digits, int Exponent) Parts(string shortest)
    {
        string sign = shortest[0] == '-' ? "-" : "";
        int end = shortest.IndexOf('E', StringComparison.Ordinal);
        string plain = shortest[sign.Length..(end < 0 ? shortest.Length : end)];
        int power = end < 0 ? 0 : int.Parse(shortest.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = plain.IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? at : plain.Length;
        string all = plain.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        return digits.Length == 0 ? (sign, "0", 0) : (sign, digits.TrimEnd('0'), power + point - 1 - (all.Length - digits.Length));
    }

    private static void Write(object? value, StringBuilder text, int depth)
    {
        if (depth > DeepestNesting || text.Length > Budget.Longest)
        {
            throw new JinjaException("a value is too long or nested too deep to print: the limit is reached");
        }

        switch (value)
        {
            case null:
                text.Append("None");
                break;
            case bool flag:
                text.Append(flag ? "True" : "False");
                break;
            case BigInteger number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(Float(number));
                break;
            case string s:
                Quote(s, text);
                break;
            case Undefined:
                text.Append("Undefined");
                break;
            case JinjaMapping mapping:
                WriteMapping(mapping, text, depth);
                break;
            case JinjaSequence sequence:
                WriteSequence(sequence, text, depth);
                break;
            case JinjaNamespace space:
                text.Append("<Namespace ");
                WriteMapping(space.Values, text, depth);
                text.Append('>');
                break;
            default:
                text.Append('<').Append(TypeName(value)).Append('>');
                break;
        }
    }

    private static void WriteMapping(JinjaMapping mapping, StringBuilder text, int depth)
    {
        text.Append('{');
        string separator = "";
        foreach ((object? key, object? item) in mapping.Items)
        {
            text.Append(separator);
            Write(key, text, depth + 1);
            text.Append(": ");
            Write(item, text, depth + 1);
            separator = ", ";
        }

        text.Append('}');
    }

    private static void WriteSequence(JinjaSequence sequence, StringBuilder text, int depth)
    {
        (string open, string close) = sequence.Kind switch
        {
            SequenceKind.Tuple => ("(", sequence.Items.Count == 1 ? ",)" : ")"),
            SequenceKind.Keys => ("dict_keys([", "])"),
            SequenceKind.Values => ("dict_values([", "])"),
            SequenceKind.Items => ("dict_items([", "])"),
            _ => ("[", "]"),
        };
        if (sequence.Kind is SequenceKind.Generator or SequenceKind.Range)
        {
            text.Append(sequence.Range?.ToString() ?? "<generator object>");
            return;
        }

        text.Append(open);
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Write(sequence.Items[i], text, depth + 1);
        }

        text.Append(close);
    }
}
