namespace Exo.Engine.Outputs;

/// <summary>A piece of a call. It moves the cursor on and gives a value each time that it needs more text; when it ends, Failed tells how.</summary>
internal delegate IEnumerable<bool> CallPattern(CallCursor cursor);

/// <summary>The pieces that calls are made of.</summary>
internal static class CallPatterns
{
    /// <summary>Names are short; where one goes on for long there is no call.</summary>
    private const int LongestName = 256;
    private const int Undecided = -2;

    /// <summary>White space, or none.</summary>
    public static IEnumerable<bool> Space(CallCursor cursor)
    {
        while (true)
        {
            while (!cursor.AtEnd && Spaces.Contain(cursor.Text[cursor.At]))
            {
                cursor.At++;
            }

            if (!cursor.AtEnd || cursor.IsFinal)
            {
                yield break;
            }

            yield return true;
        }
    }

    public static CallPattern Literal(string text) => Choice((text, Nothing, Stops: true));

    /// <summary>One object or array.</summary>
    public static IEnumerable<bool> Json(CallCursor cursor)
    {
        int start = cursor.At;
        foreach (bool wait in Scan(cursor, new JsonScanner()))
        {
            yield return wait;
        }

        cursor.Json = cursor.Text[start..cursor.At].Trim(" \t\r\n").ToString();
    }

    /// <summary>Arguments in the literals of a language, which become JSON.</summary>
    /// <param name="quote">As of <see cref="LiteralScanner"/>.</param>
    public static CallPattern Literals(string? quote = null) => cursor => Literals(cursor, quote);

    private static IEnumerable<bool> Literals(CallCursor cursor, string? quote)
    {
        LiteralScanner scanner = new(quote);
        foreach (bool wait in Scan(cursor, scanner))
        {
            yield return wait;
        }

        cursor.Json = scanner.Json;
    }

    private static IEnumerable<bool> Scan(CallCursor cursor, IScanner scanner)
    {
        while (!scanner.IsDone)
        {
            if (cursor.AtEnd)
            {
                if (cursor.IsFinal)
                {
                    cursor.Failed = true;
                    yield break;
                }

                yield return true;
            }
            else if (scanner.Step(cursor.Text[cursor.At]))
            {
                cursor.At++;
            }
            else
            {
                cursor.Failed = true;
                yield break;
            }
        }
    }

    /// <summary>Text up to a marker, which is used up.</summary>
    public static CallPattern Until(string marker, Action<CallCursor, string> take, bool isName = false) => cursor => Until(cursor, marker, take, isName);

    /// <summary>A tool's name up to a marker, which is used up.</summary>
    public static CallPattern Name(string marker) => Until(marker, static (cursor, text) => cursor.Name = text, isName: true);

    /// <summary>A tool's name of letters, digits, points, underscores and hyphens, as long as it goes on.</summary>
    public static IEnumerable<bool> Word(CallCursor cursor)
    {
        int start = cursor.At;
        while (true)
        {
            while (!cursor.AtEnd && cursor.At - start <= LongestName && (char.IsLetterOrDigit(cursor.Text[cursor.At]) || cursor.Text[cursor.At] is '.' or '_' or '-'))
            {
                cursor.At++;
            }

            if (!cursor.AtEnd || cursor.IsFinal)
            {
                cursor.Name = cursor.Text[start..cursor.At].ToString();
                yield break;
            }

            yield return true;
        }
    }

    /// <summary>An argument's name up to a marker, which is used up.</summary>
    public static CallPattern Key(string marker) => Until(marker, static (cursor, text) => (cursor.Key, cursor.KeyIsText) = (text, null), isName: true);

    /// <summary>What the model says of the type of the argument whose name was read.</summary>
    public static CallPattern KeyIsText(bool isText) => Do(cursor =>
    {
        cursor.KeyIsText = isText;
        return true;
    });

    /// <summary>An argument's text up to a marker, which is used up.</summary>
    public static CallPattern Value(string marker) => Until(marker, static (cursor, text) => cursor.Fields.Add(new ArgumentField(cursor.Key, text, cursor.KeyIsText)));

    /// <summary>The last character was only looked at.</summary>
    public static CallPattern Back { get; } = Do(static cursor => --cursor.At >= 0);

    /// <summary>All that comes until the output ends.</summary>
    public static CallPattern Rest(Action<CallCursor, string> take) => cursor => Rest(cursor, take);

    /// <summary>An action; false: this is no call.</summary>
    public static CallPattern Do(Func<CallCursor, bool> act) => cursor =>
    {
        cursor.Failed = !act(cursor);
        return [];
    };

    public static CallPattern Sequence(params CallPattern[] patterns) => cursor => Sequence(cursor, patterns);

    /// <summary>One of several beginnings, each with what follows it.</summary>
    public static CallPattern Choice(params (string Literal, CallPattern Then, bool Stops)[] choices) => cursor => Choose(cursor, choices, loops: false);

    /// <summary>As <see cref="Choice"/>, again and again with white space between, until one that stops.</summary>
    public static CallPattern Loop(params (string Literal, CallPattern Then, bool Stops)[] choices) => cursor => Choose(cursor, choices, loops: true);

    public static IEnumerable<bool> Nothing(CallCursor cursor) => [];

    private static IEnumerable<bool> Sequence(CallCursor cursor, CallPattern[] patterns)
    {
        foreach (CallPattern pattern in patterns)
        {
            foreach (bool wait in pattern(cursor))
            {
                yield return wait;
            }

            if (cursor.Failed)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<bool> Until(CallCursor cursor, string marker, Action<CallCursor, string> take, bool isName)
    {
        int start = cursor.At;
        int searched = start;
        while (true)
        {
            int found = cursor.Text[searched..].IndexOf(marker, StringComparison.Ordinal);
            int end = found < 0 ? Math.Max(start, cursor.Text.Length - marker.Length + 1) : searched + found; // the last characters may be the marker's
            if (isName && (end - start > LongestName || cursor.Text[start..end].Contains('{')))
            {
                cursor.Failed = true;
                yield break;
            }

            if (found >= 0)
            {
                take(cursor, cursor.Text[start..end].ToString());
                cursor.At = end + marker.Length;
                yield break;
            }

            if (cursor.IsFinal)
            {
                cursor.Failed = true;
                yield break;
            }

            searched = end;
            yield return true;
        }
    }

    private static IEnumerable<bool> Rest(CallCursor cursor, Action<CallCursor, string> take)
    {
        while (!cursor.IsFinal)
        {
            yield return true;
        }

        string text = cursor.Text[cursor.At..].ToString();
        cursor.At = cursor.Text.Length;
        take(cursor, text);
    }

    private static IEnumerable<bool> Choose(CallCursor cursor, (string Literal, CallPattern Then, bool Stops)[] choices, bool loops)
    {
        while (true)
        {
            if (loops)
            {
                foreach (bool wait in Space(cursor))
                {
                    yield return wait;
                }
            }

            int chosen;
            while ((chosen = Match(cursor, choices)) == Undecided)
            {
                yield return true;
            }

            if (chosen < 0)
            {
                cursor.Failed = true;
                yield break;
            }

            cursor.At += choices[chosen].Literal.Length;
            foreach (bool wait in choices[chosen].Then(cursor))
            {
                yield return wait;
            }

            if (cursor.Failed || !loops || choices[chosen].Stops)
            {
                yield break;
            }
        }
    }

    private static int Match(CallCursor cursor, (string Literal, CallPattern Then, bool Stops)[] choices)
    {
        ReadOnlySpan<char> text = cursor.Text[cursor.At..];
        for (int i = 0; i < choices.Length; i++)
        {
            if (text.StartsWith(choices[i].Literal, StringComparison.Ordinal))
            {
                return i;
            }

            if (!cursor.IsFinal && text.Length < choices[i].Literal.Length && choices[i].Literal.AsSpan().StartsWith(text, StringComparison.Ordinal))
            {
                return Undecided;
            }
        }

        return -1;
    }
}
