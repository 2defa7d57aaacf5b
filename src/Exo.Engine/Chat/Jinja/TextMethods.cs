using System.Globalization;
using System.Numerics;
using System.Text;
using Bound = Exo.Engine.Chat.Jinja.CallArguments.Bound;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Methods of a text; Python's.</summary>
internal static class TextMethods
{
    public static JinjaFunction? Find(Evaluator evaluator, string text, string name)
    {
        Func<CallArguments, object?>? body = name switch
        {
            "upper" => a => Plain(a, name, TextCase.Upper(text)),
            "lower" => a => Plain(a, name, TextCase.Lower(text)),
            "title" => a => Plain(a, name, TextCase.Title(text)),
            "capitalize" => a => Plain(a, name, TextCase.Capitalize(text)),
            "swapcase" => a => Plain(a, name, TextCase.Swap(text)),
            "casefold" => a => Plain(a, name, TextCase.Fold(text)),
            "strip" => a => Strip(text, a.Bind(name, "chars"), left: true, right: true),
            "lstrip" => a => Strip(text, a.Bind(name, "chars"), left: true, right: false),
            "rstrip" => a => Strip(text, a.Bind(name, "chars"), left: false, right: true),
            "split" => a => Split(text, a.Bind(name, "sep", "maxsplit"), fromRight: false),
            "rsplit" => a => Split(text, a.Bind(name, "sep", "maxsplit"), fromRight: true),
            "splitlines" => a => Lines(text, a.Bind(name, "keepends").Flag(0)),
            "partition" => a => Partition(text, a.Bind(name, "sep").Text(0), last: false),
            "rpartition" => a => Partition(text, a.Bind(name, "sep").Text(0), last: true),
            "replace" => a => Replace(evaluator, text, a.Bind(name, "old", "new", "count")),
            "startswith" => a => Affix(a.Bind(name, "prefix", "start", "end"), text, (t, part) => t.StartsWith(part, StringComparison.Ordinal)),
            "endswith" => a => Affix(a.Bind(name, "suffix", "start", "end"), text, (t, part) => t.EndsWith(part, StringComparison.Ordinal)),
            "removeprefix" => a => a.Bind(name, "prefix").Text(0) is var part && text.StartsWith(part, StringComparison.Ordinal) ? text[part.Length..] : text,
            "removesuffix" => a => a.Bind(name, "suffix").Text(0) is var part && text.EndsWith(part, StringComparison.Ordinal) ? text[..^part.Length] : text,
            "find" => a => new BigInteger(Find(text, a.Bind(name, "sub", "start", "end"), last: false)),
            "rfind" => a => new BigInteger(Find(text, a.Bind(name, "sub", "start", "end"), last: true)),
            "index" => a => Found(Find(text, a.Bind(name, "sub", "start", "end"), last: false)),
            "rindex" => a => Found(Find(text, a.Bind(name, "sub", "start", "end"), last: true)),
            "count" => a => new BigInteger(Count(text, a.Bind(name, "sub", "start", "end"))),
            "join" => a => Join(evaluator, text, a.Bind(name, "iterable")[0]),
            "format" => a => StringFormat.Format(evaluator, text, a),
            "encode" => a => Encode(text, a),
            "zfill" => a => ZeroFill(evaluator, text, a.Bind(name, "width").Integer(0)),
            "ljust" => a => Justify(evaluator, text, a.Bind(name, "width", "fillchar"), 0, 1),
            "rjust" => a => Justify(evaluator, text, a.Bind(name, "width", "fillchar"), 1, 0),
            "center" => a => Justify(evaluator, text, a.Bind(name, "width", "fillchar"), 1, 1),
            "isdigit" or "isdecimal" or "isnumeric" => a => Plain(a, name, text.Length > 0 && text.EnumerateRunes().All(Rune.IsDigit)),
            "isalpha" => a => Plain(a, name, text.Length > 0 && text.EnumerateRunes().All(Rune.IsLetter)),
            "isalnum" => a => Plain(a, name, text.Length > 0 && text.EnumerateRunes().All(Rune.IsLetterOrDigit)),
            "isspace" => a => Plain(a, name, text.Length > 0 && text.EnumerateRunes().All(Rune.IsWhiteSpace)),
            "isupper" => a => Plain(a, name, TextCase.IsUpper(text)),
            "islower" => a => Plain(a, name, TextCase.IsLower(text)),
            "istitle" => a => Plain(a, name, TextCase.IsTitle(text)),
            "isprintable" => a => Plain(a, name, text.EnumerateRunes().All(PythonText.IsPrintable)),
            "isidentifier" => a => Plain(a, name, text.Length > 0 && !char.IsDigit(text[0]) && text.EnumerateRunes().All(rune => Rune.IsLetterOrDigit(rune) || rune.Value == '_')),
            "expandtabs" => a => ExpandTabs(evaluator, text, a.Bind(name, "tabsize").IntegerOr(0, 8)),
            "isascii" => a => Plain(a, name, Ascii.IsValid(text)),
            _ => null,
        };
        return body is null ? null : new JinjaFunction(name, body);
    }

    public static string Strip(string text, string? characters, bool left = true, bool right = true)
    {
        char[]? set = characters?.ToCharArray();
        return (left, right) switch
        {
            (true, true) => set is null ? text.Trim() : set.Length == 0 ? text : text.Trim(set),
            (true, false) => set is null ? text.TrimStart() : set.Length == 0 ? text : text.TrimStart(set),
            _ => set is null ? text.TrimEnd() : set.Length == 0 ? text : text.TrimEnd(set),
        };
    }

    public static string Replace(Evaluator evaluator, string text, string old, string @new, int count)
    {
        int found = Count(text, old);
        int times = count < 0 ? found : Math.Min(count, found);
        evaluator.Budget.Charge(text.Length + ((long)times * @new.Length));
        StringBuilder replaced = new(text.Length);
        int at = 0;
        for (int i = 0; i < times; i++)
        {
            if (old.Length == 0)
            {
                int character = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
                replaced.Append(@new).Append(at < text.Length ? text[at..(at + character)] : "");
                at += character;
                continue;
            }

            int next = text.IndexOf(old, at, StringComparison.Ordinal);
            replaced.Append(text, at, next - at).Append(@new);
            at = next + old.Length;
        }

        return at < text.Length ? replaced.Append(text, at, text.Length - at).ToString() : replaced.ToString();
    }

    public static List<object?> SplitLines(string text, bool keepEnds = false)
    {
        List<object?> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029')
            {
                int end = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
                lines.Add(text[start..(keepEnds ? end : i)]);
                start = end;
                i = end - 1;
            }
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    private static object? Plain(CallArguments arguments, string name, object? value)
    {
        arguments.Bind(name);
        return value;
    }

    private static string Strip(string text, Bound arguments, bool left, bool right) => Strip(text, arguments.TextOr(0, null), left, right);

    private static JinjaSequence Split(string text, Bound arguments, bool fromRight)
    {
        string? separator = arguments.TextOr(0, null);
        int most = arguments.IntegerOr(1, -1);
        List<object?> parts = [];
        if (separator?.Length == 0)
        {
            throw new JinjaException("the separator is empty");
        }

        string rest = separator is null ? (fromRight ? text.TrimEnd() : text.TrimStart()) : text;
        while (most != parts.Count && rest.Length > 0)
        {
            (int at, int length) = separator is null ? SpaceAt(rest, fromRight)
                : (fromRight ? rest.LastIndexOf(separator, StringComparison.Ordinal) : rest.IndexOf(separator, StringComparison.Ordinal), separator.Length);
            if (at < 0)
            {
                break;
            }

            parts.Add(fromRight ? rest[(at + length)..] : rest[..at]);
            rest = fromRight ? rest[..at] : rest[(at + length)..];
            if (separator is not null && rest.Length == 0)
            {
                parts.Add("");
                return Ordered(parts, fromRight);
            }
        }

        if (separator is not null || rest.Trim().Length > 0)
        {
            parts.Add(separator is null && (most < 0 || parts.Count < most) ? rest.Trim() : rest);
        }

        return Ordered(parts, fromRight);
    }

    private static JinjaSequence Ordered(List<object?> parts, bool fromRight)
    {
        if (fromRight)
        {
            parts.Reverse();
        }

        return new JinjaSequence(parts);
    }

    private static (int At, int Length) SpaceAt(string text, bool last)
    {
        int i = last ? text.Length - 1 : 0;
        int step = last ? -1 : 1;
        while (i >= 0 && i < text.Length && !char.IsWhiteSpace(text[i]))
        {
            i += step;
        }

        int from = i;
        while (i >= 0 && i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i += step;
        }

        return from < 0 || from >= text.Length || i < 0 || i >= text.Length ? (-1, 0) : last ? (i + 1, from - i) : (from, i - from);
    }

    private static JinjaSequence Lines(string text, bool keepEnds) => new(SplitLines(text, keepEnds));

    private static JinjaSequence Partition(string text, string separator, bool last)
    {
        if (separator.Length == 0)
        {
            throw new JinjaException("the separator is empty");
        }

        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? JinjaSequence.Tuple(text[..at], separator, text[(at + separator.Length)..])
            : last ? JinjaSequence.Tuple("", "", text)
            : JinjaSequence.Tuple(text, "", "");
    }

    private static string Replace(Evaluator evaluator, string text, Bound arguments) =>
        Replace(evaluator, text, arguments.Text(0), arguments.Text(1), arguments.IntegerOr(2, -1));

    private static bool Affix(Bound arguments, string text, Func<string, string, bool> matches)
    {
        string part = (string)Slices.Get(text, arguments.IntegerOr(1, 0), arguments.Has(2) ? arguments.Integer(2) : null, 1)!;
        return arguments[0] is JinjaSequence { Kind: SequenceKind.Tuple } parts
            ? parts.Items.Any(item => item is string affix && matches(part, affix))
            : matches(part, arguments.Text(0));
    }

    private static int Find(string text, Bound arguments, bool last)
    {
        string part = arguments.Text(0);
        int from = arguments.IntegerOr(1, 0);
        string range = (string)Slices.Get(text, from, arguments.Has(2) ? arguments.Integer(2) : null, 1)!;
        int length = CodePoints.Count(text);
        int start = Math.Clamp(from < 0 ? from + length : from, 0, length);
        int at = last ? range.LastIndexOf(part, StringComparison.Ordinal) : range.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : start + CodePoints.IndexOf(range, at);
    }

    private static BigInteger Found(int index) => index >= 0 ? index : throw new JinjaException("the text is not found");

    private static int Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return CodePoints.Count(text) + 1;
        }

        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static int Count(string text, Bound arguments)
    {
        int length = CodePoints.Count(text);
        return arguments.IntegerOr(1, 0) > length ? 0
            : Count((string)Slices.Get(text, arguments.IntegerOr(1, 0), arguments.Or(2, null) is null ? null : arguments.Integer(2), 1)!, arguments.Text(0));
    }

    private static string Join(Evaluator evaluator, string separator, object? items)
    {
        StringBuilder joined = new();
        foreach (object? item in Operators.Iterate(items))
        {
            string part = item as string ?? throw new JinjaException($"join needs texts, not a {PythonText.TypeName(item)}");
            evaluator.Budget.Charge((long)part.Length + separator.Length);
            joined.Append(part).Append(separator);
        }

        return joined.Length == 0 ? "" : joined.ToString(0, joined.Length - separator.Length);
    }

    // Bytes are a list of numbers here: templates use them for their length only.
    private static JinjaSequence Encode(string text, CallArguments arguments)
    {
        arguments.Bind("encode", "encoding", "errors");
        return new JinjaSequence([.. Encoding.UTF8.GetBytes(text).Select(b => (object?)new BigInteger(b))], SequenceKind.Tuple);
    }

    private static string ExpandTabs(Evaluator evaluator, string text, int size)
    {
        StringBuilder expanded = new(text.Length);
        int column = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int spaces = rune.Value == '\t' && size > 0 ? size - (column % size) : 0;
            evaluator.Budget.Charge(spaces);
            _ = rune.Value == '\t' ? expanded.Append(' ', spaces) : expanded.Append(rune.ToString());
            column = rune.Value is '\n' or '\r' ? 0 : column + (rune.Value == '\t' ? spaces : 1);
        }

        return expanded.ToString();
    }

    private static string ZeroFill(Evaluator evaluator, string text, int width)
    {
        evaluator.Budget.Charge(Math.Max(0, width));
        int sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        return text[..sign] + new string('0', Math.Max(0, width - CodePoints.Count(text))) + text[sign..];
    }

    private static string Justify(Evaluator evaluator, string text, Bound arguments, int left, int right)
    {
        int width = arguments.Integer(0);
        string fill = arguments.TextOr(1, " ")!;
        if (CodePoints.Count(fill) != 1)
        {
            throw new JinjaException("the fill is one character");
        }

        evaluator.Budget.Charge(Math.Max(0, width));
        int room = Math.Max(0, width - CodePoints.Count(text));
        // Python puts the odd space on the left when the width is odd.
        int before = left == 0 ? 0 : right == 0 ? room : (room / 2) + (room & width & 1);
        return string.Concat(Enumerable.Repeat(fill, before)) + text + string.Concat(Enumerable.Repeat(fill, room - before));
    }
}
