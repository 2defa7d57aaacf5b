namespace Exo.Actors.Configuration;

/// <summary>
/// Finds where the values of a HOCON text stand. The reader of the runtime keeps no positions, so this walks over the same text once
/// more; it is only asked about texts that could be read.
/// </summary>
internal sealed class HoconPositions
{
    private readonly Dictionary<string, (int Line, int Column)> _values = [];
    private readonly string _text;
    private int _at;
    private int _line = 1;
    private int _lineStart;

    private HoconPositions(string text) => _text = text;

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>Line and column of the last value of every key.</summary>
    public static IReadOnlyDictionary<string, (int Line, int Column)> Of(string text)
    {
        HoconPositions positions = new(text);
        positions.Members("");
        return positions._values;
    }

    private void Members(string path)
    {
        while (true)
        {
            SkipBlank();
            if (Current is '\0')
            {
                return;
            }

            if (Current is '}' or ']' or ',' or '=' or ':')
            {
                bool isEnd = Next() == '}';
                if (isEnd)
                {
                    return;
                }

                continue;
            }

            if (Current == '{')
            {
                Next();
                Members(path);
                continue;
            }

            string key = Key();
            string full = path.Length == 0 ? key : $"{path}.{key}";
            SkipBlank();
            if (Current is '=' or ':')
            {
                Next();
                SkipBlank();
            }

            if (Current == '{')
            {
                Next();
                Members(full);
            }
            else
            {
                _values[full] = (_line, _at - _lineStart + 1);
                SkipValue();
            }
        }
    }

    private string Key()
    {
        int start = _at;
        while (Current is not ('\0' or '=' or ':' or '{' or '}' or '\n' or ','))
        {
            if (Current == '"')
            {
                SkipQuoted();
            }
            else
            {
                Next();
            }
        }

        return _text[start.._at].Trim();
    }

    private void SkipValue()
    {
        int open = 0;
        while (Current != '\0' && (open > 0 || Current is not ('\n' or ',' or '}')))
        {
            switch (Current)
            {
                case '"':
                    SkipQuoted();
                    continue;
                case '#':
                    SkipLine();
                    continue;
                case '/' when _text.AsSpan(_at).StartsWith("//", StringComparison.Ordinal):
                    SkipLine();
                    continue;
                case '[' or '{':
                    open++;
                    break;
                case ']' or '}':
                    open--;
                    break;
            }

            Next();
        }
    }

    private void SkipQuoted()
    {
        string end = _text.AsSpan(_at).StartsWith("\"\"\"", StringComparison.Ordinal) ? "\"\"\"" : "\"";
        Skip(end.Length);
        while (Current != '\0' && !_text.AsSpan(_at).StartsWith(end, StringComparison.Ordinal))
        {
            Skip(Current == '\\' && end.Length == 1 ? 2 : 1);
        }

        Skip(end.Length);
    }

    private void SkipBlank()
    {
        while (true)
        {
            if (Current == '#' || (Current == '/' && _text.AsSpan(_at).StartsWith("//", StringComparison.Ordinal)))
            {
                SkipLine();
            }
            else if (Current != '\0' && (char.IsWhiteSpace(Current) || Current == '\uFEFF'))
            {
                Next();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipLine()
    {
        while (Current is not ('\0' or '\n'))
        {
            Next();
        }
    }

    private void Skip(int count)
    {
        for (int i = 0; i < count && Current != '\0'; i++)
        {
            Next();
        }
    }

    private char Next()
    {
        char c = _text[_at++];
        if (c == '\n')
        {
            _line++;
            _lineStart = _at;
        }

        return c;
    }
}
