using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>A cursor over HOCON text that knows its line and column and reads the lexical pieces.</summary>
internal sealed class HoconText
{
    private const string NotUnquoted = "$\"{}[]:=,#`^?!@*&\\";
    private readonly string _text;
    private int _index;
    private int _line = 1;
    private int _lineStart;

    public HoconText(string text) => _text = text;

    public bool IsAtEnd => _index >= _text.Length;

    public char Current => IsAtEnd ? '\0' : _text[_index];

    public HoconPosition Position => new(_line, _index - _lineStart + 1);

    public bool At(string pattern) => string.CompareOrdinal(_text, _index, pattern, 0, pattern.Length) == 0;

    /// <summary>The word include, blanks and a quoted name; a key may well begin with that word.</summary>
    public bool IsAtInclude
    {
        get
        {
            const string Word = "include";
            int next = _index + Word.Length;
            while (next < _text.Length && _text[next] is ' ' or '\t')
                next++;
            return At(Word) && next > _index + Word.Length && next < _text.Length && _text[next] == '"';
        }
    }

    public char Next()
    {
        char c = _text[_index++];
        if (c == '\n')
        {
            _line++;
            _lineStart = _index;
        }

        return c;
    }

    public void Skip(int count)
    {
        for (int i = 0; i < count; i++)
            Next();
    }

    public bool TrySkip(char c)
    {
        if (IsAtEnd || Current != c)
            return false;
        Next();
        return true;
    }

    public bool IsAtComment => Current == '#' || At("//");

    /// <summary>Spaces within a line; a comment reaches to the end of its line.</summary>
    public string Blanks()
    {
        int start = _index;
        while (!IsAtEnd && Current != '\n' && char.IsWhiteSpace(Current))
            Next();
        string blanks = _text[start.._index];
        if (!IsAtEnd && IsAtComment)
        {
            while (!IsAtEnd && Current != '\n')
                Next();
        }

        return blanks;
    }

    public void WhitespaceAndComments()
    {
        do
        {
            Blanks();
        }
        while (TrySkip('\n'));
    }

    public bool IsAtUnquoted => !IsAtEnd && !IsAtComment && !char.IsWhiteSpace(Current) && !NotUnquoted.Contains(Current);

    public bool IsAtUnquotedKey => IsAtUnquoted && Current != '.';

    public string Unquoted()
    {
        int start = _index;
        while (IsAtUnquoted)
            Next();
        return _text[start.._index];
    }

    /// <summary>One element of a dotted key; blanks inside it belong to it.</summary>
    public string UnquotedKey()
    {
        int start = _index;
        while (IsAtUnquotedKey || (!IsAtEnd && Current != '\n' && char.IsWhiteSpace(Current)))
            Next();
        return _text[start.._index].TrimEnd();
    }

    public string TripleQuoted()
    {
        HoconPosition start = Position;
        Skip(3);
        int from = _index;
        while (!At("\"\"\""))
        {
            if (IsAtEnd)
                throw Error("A \"\"\" text is not closed", start);
            Next();
        }

        string text = _text[from.._index];
        Skip(3);
        return text;
    }

    public string Quoted()
    {
        HoconPosition start = Position;
        Next();
        StringBuilder text = new();
        while (true)
        {
            if (IsAtEnd || Current == '\n')
                throw Error("A quoted text is not closed on its line", start);
            char c = Next();
            if (c == '"')
                return text.ToString();
            text.Append(c == '\\' ? Escape(start) : c);
        }
    }

    /// <summary>Reads <c>${path}</c> or <c>${?path}</c>.</summary>
    public HoconSubstitution Substitution()
    {
        HoconPosition start = Position;
        Skip(2);
        bool isOptional = TrySkip('?');
        int from = _index;
        while (!IsAtEnd && Current is not '}' and not '\n')
            Next();
        string path = _text[from.._index].Trim();
        if (!TrySkip('}'))
            throw Error("A substitution '${' is not closed with '}'", start);
        if (path.Length == 0)
            throw Error("A substitution names no path", start);
        return new HoconSubstitution(path) { IsOptional = isOptional, Position = start };
    }

    public ConfigurationException Error(string what) => Error(what, Position);

    public static ConfigurationException Error(string what, HoconPosition at) => new($"{what} ({at})");

    private char Escape(HoconPosition start)
    {
        if (IsAtEnd)
            throw Error("A quoted text is not closed", start);
        char c = Next();
        return c switch
        {
            '"' or '\\' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => Unicode(),
            _ => throw Error($"Unknown escape '\\{c}' in a quoted text; use \\\\ for a backslash"),
        };
    }

    private char Unicode()
    {
        if (_index + 4 > _text.Length
            || !ushort.TryParse(_text.AsSpan(_index, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort code))
        {
            throw Error("\\u wants four hexadecimal digits");
        }

        Skip(4);
        return (char)code;
    }
}
