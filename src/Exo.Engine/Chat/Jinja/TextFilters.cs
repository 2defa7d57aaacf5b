using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Filters on texts.</summary>
internal static class TextFilters
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);
    private static readonly Regex s_tag = new("(?s)<!--.*?-->|<[^>]*>", RegexOptions.CultureInvariant, s_limit);

    public static void AddTo(Dictionary<string, FilterTable.Filter> filters)
    {
        filters["upper"] = (_, value, arguments) => Plain("upper", arguments, TextCase.Upper(PythonText.Str(value)));
        filters["lower"] = (_, value, arguments) => Plain("lower", arguments, TextCase.Lower(PythonText.Str(value)));
        filters["title"] = (_, value, arguments) => Plain("title", arguments, TextCase.TitleFilter(PythonText.Str(value)));
        filters["capitalize"] = (_, value, arguments) => Plain("capitalize", arguments, TextCase.Capitalize(PythonText.Str(value)));
        filters["trim"] = (_, value, arguments) => TextMethods.Strip(PythonText.Str(value), arguments.Bind("trim", "chars").TextOr(0, null));
        filters["string"] = (_, value, arguments) => Plain("string", arguments, PythonText.Str(value));
        filters["safe"] = (evaluator, value, arguments) => Plain("safe", arguments, evaluator.Safe.Mark(PythonText.Str(value)));
        filters["escape"] = filters["e"] = (evaluator, value, arguments) => Plain("escape", arguments, evaluator.Safe.Escape(PythonText.Str(value)));
        filters["forceescape"] = (evaluator, value, arguments) => Plain("forceescape", arguments, evaluator.Safe.Mark(SafeTexts.EscapeHtml(PythonText.Str(value))));
        filters["replace"] = Replace;
        filters["striptags"] = (_, value, arguments) => Plain("striptags", arguments, StripTags(PythonText.Str(value)));
        filters["wordcount"] = (_, value, arguments) => Plain("wordcount", arguments, new BigInteger(CountWords(PythonText.Str(value))));
        filters["urlencode"] = (_, value, arguments) => Plain("urlencode", arguments, UrlEncode(value));
        filters["format"] = (evaluator, value, arguments) => PercentFormat.Format(
            PythonText.Str(value), arguments.Named.Count > 0 ? arguments.Named : JinjaSequence.Tuple([.. arguments.Positional]), evaluator.Budget);
        filters["xmlattr"] = XmlAttributes;
        filters["tojson"] = (evaluator, value, arguments) => JsonText.Write(evaluator, value, arguments);
        filters["pprint"] = (_, value, arguments) => Plain("pprint", arguments, PrettyPrint(value));
    }

    private static object? Plain(string name, CallArguments arguments, object? value)
    {
        arguments.Bind(name);
        return value;
    }

    private static string Replace(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("replace", "old", "new", "count");
        return TextMethods.Replace(evaluator, PythonText.Str(value), PythonText.Str(bound[0]), PythonText.Str(bound[1]), bound.IntegerOr(2, -1));
    }

    // Longer values and mappings are laid out and sorted by rules of Python's that no chat template needs.
    private static string PrettyPrint(object? value) => PythonText.Repr(value) is { Length: <= 78 } text && !text.Contains('{') ? text
        : throw new JinjaException("pprint is for short values without mappings only: use tojson(indent=2)");

    private static string StripTags(string text) =>
        string.Join(' ', s_tag.Replace(text, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static int CountWords(string text)
    {
        int count = 0;
        bool inside = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool word = Rune.IsLetterOrDigit(rune) || rune.Value == '_';
            count += word && !inside ? 1 : 0;
            inside = word;
        }

        return count;
    }

    private static string UrlEncode(object? value) => value switch
    {
        JinjaMapping mapping => string.Join('&', mapping.Items.Select(item => $"{Quote(item.Key, "")}={Quote(item.Value, "")}")),
        JinjaSequence sequence => string.Join('&', sequence.Iterate().Select(pair => Operators.Iterate(pair) is [var name, var part] ? $"{Quote(name, "")}={Quote(part, "")}" : throw new JinjaException("urlencode needs pairs"))),
        _ => Quote(value, "/"),
    };

    private static string Quote(object? value, string kept)
    {
        StringBuilder quoted = new();
        foreach (byte b in Encoding.UTF8.GetBytes(PythonText.Str(value)))
        {
            _ = b == ' ' && kept.Length == 0 ? quoted.Append('+') : char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || kept.Contains((char)b)
                ? quoted.Append((char)b)
                : quoted.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return quoted.ToString();
    }

    private static string XmlAttributes(Evaluator evaluator, object? value, CallArguments arguments)
    {
        bool spaced = arguments.Bind("xmlattr", "autospace").Flag(0, otherwise: true);
        JinjaMapping mapping = value as JinjaMapping ?? throw new JinjaException("xmlattr needs a mapping");
        string text = string.Join(' ', mapping.Items.Where(item => item.Value is not null and not Undefined)
            .Select(item => $"{SafeTexts.EscapeHtml(PythonText.Str(item.Key))}=\"{SafeTexts.EscapeHtml(PythonText.Str(item.Value))}\""));
        return evaluator.Safe.Mark(spaced && text.Length > 0 ? " " + text : text);
    }
}
