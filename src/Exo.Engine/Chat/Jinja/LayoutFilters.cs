using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Filters that arrange text in lines and columns.</summary>
internal static class LayoutFilters
{
    public static void AddTo(Dictionary<string, FilterTable.Filter> filters)
    {
        filters["indent"] = Indent;
        filters["truncate"] = Truncate;
        filters["center"] = Center;
        filters["wordwrap"] = WordWrap;
    }

    private static string Indent(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("indent", "width", "first", "blank");
        string indention = bound.Or(0, null) is string given ? given : new string(' ', Width(evaluator, bound.IntegerOr(0, 4)));
        string text = Text("indent", value);
        bool blank = bound.Flag(2);
        List<object?> lines = TextMethods.SplitLines(text + "\n");
        evaluator.Budget.Charge(text.Length + ((long)lines.Count * indention.Length));
        StringBuilder indented = new();
        for (int i = 0; i < lines.Count; i++)
        {
            string line = (string)lines[i]!;
            bool indents = i == 0 ? bound.Flag(1) : blank || line.Length > 0;
            indented.Append(i > 0 ? "\n" : "").Append(indents ? indention : "").Append(line);
        }

        return indented.ToString();
    }

    private static int Width(Evaluator evaluator, int width)
    {
        evaluator.Budget.Charge(Math.Max(0, width));
        return Math.Max(0, width);
    }

    private static string Text(string filter, object? value) => value switch
    {
        string text => text,
        Undefined undefined => throw undefined.Fail(),
        _ => throw new JinjaException($"{filter} needs a text, not a {PythonText.TypeName(value)}"),
    };

    private static object? Truncate(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("truncate", "length", "killwords", "end", "leeway");
        int length = bound.IntegerOr(0, 255);
        string end = bound.TextOr(2, "...")!;
        int leeway = bound.IntegerOr(3, 5);
        if (length < CodePoints.Count(end) || leeway < 0)
        {
            throw new JinjaException("truncate needs a length of the ending at least");
        }

        if (Operators.Length(value) <= (long)length + leeway)
        {
            return value;
        }

        string text = Text("truncate", value);
        string cut = CodePoints.Select(text, Enumerable.Range(0, length - CodePoints.Count(end)));
        int space = cut.LastIndexOf(' ');
        return (bound.Flag(1) || space < 0 ? cut : cut[..space]) + end;
    }

    private static string Center(Evaluator evaluator, object? value, CallArguments arguments)
    {
        string text = PythonText.Str(value);
        int width = Width(evaluator, arguments.Bind("center", "width").IntegerOr(0, 80));
        int room = Math.Max(0, width - CodePoints.Count(text));
        int before = (room / 2) + (room & width & 1);
        return new string(' ', before) + text + new string(' ', room - before);
    }

    private static string WordWrap(Evaluator evaluator, object? value, CallArguments arguments)
    {
        var bound = arguments.Bind("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
        int width = Math.Max(1, bound.IntegerOr(0, 79));
        bool breaks = bound.Flag(1, otherwise: true);
        string wrap = bound.TextOr(2, "\n")!;
        List<string> wrapped = [];
        foreach (object? line in TextMethods.SplitLines(Text("wordwrap", value)))
        {
            wrapped.Add(Wrap((string)line!, width, breaks, wrap));
        }

        return string.Join(wrap, wrapped);
    }

    private static string Wrap(string line, int width, bool breaks, string wrap)
    {
        StringBuilder text = new();
        int column = 0;
        foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string rest = word;
            if (column > 0 && column + 1 + rest.Length <= width)
            {
                text.Append(' ');
                column++;
            }
            else if (column > 0)
            {
                text.Append(wrap);
                column = 0;
            }

            while (breaks && rest.Length > width)
            {
                text.Append(rest, 0, width).Append(wrap);
                rest = rest[width..];
            }

            text.Append(rest);
            column += rest.Length;
        }

        return text.ToString();
    }
}
