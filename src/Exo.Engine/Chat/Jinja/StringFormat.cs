using System.Globalization;
using System.Numerics;
using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>The method format of texts: {}, {0}, {name}, {name.attribute}, {name[item]}, and the common format specifications.</summary>
internal static class StringFormat
{
    private const int WidestField = 10_000;

    public static string Format(Evaluator evaluator, string format, CallArguments arguments)
    {
        StringBuilder text = new();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                text.Append(c);
                i++;
            }
            else if (c == '}')
            {
                throw new JinjaException("the format has a single \"}\"");
            }
            else if (c == '{')
            {
                int close = format.IndexOf('}', i);
                if (close < 0)
                {
                    throw new JinjaException("the format has an open \"{\"");
                }

                string part = Field(evaluator, format[(i + 1)..close], arguments, ref next);
                evaluator.Budget.Charge(part.Length);
                text.Append(part);
                i = close;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static string Field(Evaluator evaluator, string field, CallArguments arguments, ref int next)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string specification = colon < 0 ? "" : field[(colon + 1)..];
        string path = colon < 0 ? field : field[..colon];
        int bang = path.IndexOf('!', StringComparison.Ordinal);
        string conversion = bang < 0 ? "" : path[(bang + 1)..];
        path = bang < 0 ? path : path[..bang];
        int end = path.IndexOfAny(['.', '[']);
        string name = end < 0 ? path : path[..end];
        object? value = name.Length == 0 ? Positional(arguments, next++)
            : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? Positional(arguments, index)
            : arguments.Named.TryGet(name, out object? named) ? named
            : throw new JinjaException($"there is no argument named \"{name}\"");
        value = Follow(evaluator, value, end < 0 ? "" : path[end..]);
        return Specified(
            conversion switch
            {
                "" => value,
                "r" or "a" => PythonText.Repr(value),
                "s" => PythonText.Str(value),
                _ => throw new JinjaException($"the conversion \"!{conversion}\" is unknown"),
            },
            specification);
    }

    private static object? Positional(CallArguments arguments, int index) =>
        index < arguments.Positional.Count ? arguments.Positional[index] : throw new JinjaException($"the format needs an argument {index}");

    private static object? Follow(Evaluator evaluator, object? value, string path)
    {
        while (path.Length > 0)
        {
            bool isItem = path[0] == '[';
            int end = isItem ? path.IndexOf(']', StringComparison.Ordinal) : path.IndexOfAny(['.', '['], 1);
            if (isItem && end < 0)
            {
                throw new JinjaException("the format has an open \"[\"");
            }

            string name = end < 0 ? path[1..] : path[1..end];
            object? key = isItem && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? new BigInteger(index) : name;
            value = isItem ? Attributes.GetItem(evaluator, value, key) : Attributes.Get(evaluator, value, name);
            path = end < 0 ? "" : path[(isItem ? end + 1 : end)..];
        }

        return value;
    }

    // [[fill]align][sign][0][width][,][.precision][type]
    private static string Specified(object? value, string specification)
    {
        if (specification.Length == 0)
        {
            return PythonText.Str(value);
        }

        if (value is not string && !Operators.IsNumber(value))
        {
            throw new JinjaException($"a {PythonText.TypeName(value)} cannot be formatted by \"{specification}\"");
        }

        int i = 0;
        char fill = ' ';
        char align = value is string ? '<' : '>';
        if (specification.Length > 1 && specification[1] is '<' or '>' or '^' or '=')
        {
            (fill, align, i) = (specification[0], specification[1], 2);
        }
        else if (specification[0] is '<' or '>' or '^' or '=')
        {
            (align, i) = (specification[0], 1);
        }

        char sign = i < specification.Length && specification[i] is '+' or '-' or ' ' ? specification[i++] : '-';
        bool isAlternate = i < specification.Length && specification[i] == '#';
        i += isAlternate ? 1 : 0;
        if (i < specification.Length && specification[i] == '0')
        {
            (fill, align) = i > 0 && specification[i - 1] is '<' or '>' or '^' or '=' ? (fill == ' ' ? '0' : fill, align) : ('0', value is string ? align : '=');
        }

        int width = Integer(specification, ref i);
        bool comma = i < specification.Length && specification[i] == ',';
        i += comma ? 1 : 0;
        int precision = -1;
        if (i < specification.Length && specification[i] == '.')
        {
            i++;
            precision = Integer(specification, ref i);
        }

        char kind = i < specification.Length ? specification[i++] : '\0';
        if (i < specification.Length || (value is string && (kind is not ('\0' or 's') || comma || sign != '-' || isAlternate || align == '=')))
        {
            throw new JinjaException($"the format \"{specification}\" does not fit a {PythonText.TypeName(value)}");
        }

        return Align(Text(value, kind, precision, comma, sign, isAlternate), fill, align, width);
    }

    private static string Text(object? value, char kind, int precision, bool comma, char sign, bool isAlternate)
    {
        if (value is string text)
        {
            return precision >= 0 && precision < CodePoints.Count(text) ? CodePoints.Select(text, Enumerable.Range(0, precision)) : text;
        }

        string number = Number(value, kind, precision, isAlternate);
        int point = number.IndexOfAny(['.', 'e']) is >= 0 and var at ? at : number.Length;
        for (int i = point - 3; comma && i > (number[0] == '-' ? 1 : 0); i -= 3)
        {
            number = number.Insert(i, ",");
        }

        return number[0] == '-' || sign == '-' ? number : sign + number;
    }

    private static string Number(object? value, char kind, int precision, bool isAlternate)
    {
        if (kind is 'f' or 'F' or 'e' or 'E' or 'g' or 'G' or '%')
        {
            return PercentFormat.Number(Operators.Float(value), kind, precision < 0 ? 6 : precision);
        }

        if (Operators.Integer(value) is { } whole && precision < 0)
        {
            return kind switch
            {
                '\0' or 'd' or 'n' => whole.ToString(CultureInfo.InvariantCulture),
                'x' or 'X' or 'o' or 'b' => PercentFormat.InBase(whole, kind, isAlternate),
                'c' when whole >= 0 && whole <= 0x10FFFF && Rune.IsValid((int)whole) => new Rune((int)whole).ToString(),
                _ => throw new JinjaException($"the format \"{kind}\" does not fit an int"),
            };
        }

        return kind == '\0' && value is double real ? precision < 0 ? PythonText.Float(real) : General(real, precision)
            : throw new JinjaException($"the format \"{kind}\" does not fit a {PythonText.TypeName(value)}");
    }

    // Like g, but never without a decimal unless there is an exponent.
    private static string General(double value, int precision)
    {
        string text = PercentFormat.Number(value, 'g', precision);
        return text.IndexOfAny(['.', 'e', 'n']) >= 0 ? text : text + ".0";
    }

    private static string Align(string text, char fill, char align, int width)
    {
        int room = width - CodePoints.Count(text);
        if (room <= 0)
        {
            return text;
        }

        int sign = align == '=' && text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        return align switch
        {
            '<' => text + new string(fill, room),
            '^' => new string(fill, room / 2) + text + new string(fill, room - (room / 2)),
            '=' => text[..sign] + new string(fill, room) + text[sign..],
            _ => new string(fill, room) + text,
        };
    }

    private static int Integer(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i == start ? 0
            : int.TryParse(text.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= WidestField ? value
            : throw new JinjaException($"a field wider than {WidestField} characters is above the limit");
    }
}
