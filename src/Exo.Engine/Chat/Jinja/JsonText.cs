using System.Globalization;
using System.Numerics;
using System.Text;
using Bound = Exo.Engine.Chat.Jinja.CallArguments.Bound;

namespace Exo.Engine.Chat.Jinja;

/// <summary>The filter tojson, as the transformers library defines it: keys in their order, nothing escaped that JSON allows.</summary>
internal sealed class JsonText
{
    private const int DeepestNesting = 200;

    private readonly StringBuilder _text = new();
    private readonly bool _ascii;
    private readonly bool _sorted;
    private readonly string? _indent;
    private readonly string _comma;
    private readonly string _colon;

    private JsonText(Bound arguments)
    {
        _ascii = arguments.Flag(0);
        _indent = arguments.Or(1, null) switch
        {
            null => null,
            string text => text,
            _ => new string(' ', Math.Clamp(arguments.Integer(1), 0, 1000)),
        };
        (_comma, _colon) = arguments.Or(2, null) is JinjaSequence { Items: [string comma, string colon] } ? (comma, colon) : (_indent is null ? ", " : ",", ": ");
        _sorted = arguments.Flag(3);
    }

    public static string Write(Evaluator evaluator, object? value, CallArguments arguments)
    {
        JsonText json = new(arguments.Bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"));
        json.Write(value, 0);
        evaluator.Budget.Charge(json._text.Length);
        return json._text.ToString();
    }

    private void Write(object? value, int depth)
    {
        if (depth > DeepestNesting || _text.Length > Budget.Longest)
        {
            throw new JinjaException("a value is too long or nested too deep for JSON: the limit is reached");
        }

        switch (value)
        {
            case null:
                _text.Append("null");
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case BigInteger number:
                _text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                _text.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity") : PythonText.Float(number));
                break;
            case string text:
                Quote(text);
                break;
            case JinjaMapping mapping:
                WriteMapping(mapping, depth);
                break;
            case JinjaSequence { Kind: SequenceKind.List or SequenceKind.Tuple } sequence:
                WriteAll('[', ']', sequence.Items, depth, item => Write(item, depth + 1));
                break;
            default:
                throw new JinjaException($"a {PythonText.TypeName(value)} cannot be written as JSON");
        }
    }

    private void WriteMapping(JinjaMapping mapping, int depth)
    {
        IEnumerable<KeyValuePair<object?, object?>> items = _sorted ? GroupFilters.Ordered(mapping.Items, item => item.Key) : mapping.Items;
        WriteAll('{', '}', [.. items], depth, item =>
        {
            Quote(Key(item.Key));
            _text.Append(_colon);
            Write(item.Value, depth + 1);
        });
    }

    private static string Key(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        BigInteger or double => PythonText.Str(key),
        _ => throw new JinjaException($"a {PythonText.TypeName(key)} cannot be a key in JSON"),
    };

    private void WriteAll<T>(char open, char close, List<T> items, int depth, Action<T> write)
    {
        _text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i > 0 ? _comma : "");
            Break(depth + 1);
            write(items[i]);
        }

        if (items.Count > 0)
        {
            Break(depth);
        }

        _text.Append(close);
    }

    private void Break(int depth)
    {
        if (_indent is not null)
        {
            _text.Append('\n').Insert(_text.Length, _indent, depth);
        }
    }

    private void Quote(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                _ when c < ' ' || (_ascii && c > 126) => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
