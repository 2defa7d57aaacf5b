using System.Text;

namespace Exo.Engine.Chat.Jinja;

/// <summary>
/// Cuts a template into tokens as Jinja does with trim_blocks and lstrip_blocks set, the way all chat templates are written for: the line
/// break after a tag and the spaces before one on its own line are no output.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] s_operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string _source;
    private readonly List<Lexeme> _lexemes = [];
    private readonly Stack<char> _brackets = new();
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _counted;
    private bool _atLineStart = true;

    public Lexer(string source)
    {
        string normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = normal.EndsWith('\n') ? normal[..^1] : normal;
    }

    public List<Lexeme> Run()
    {
        while (_at < _source.Length)
        {
            Outside();
        }

        Add(LexemeKind.End, "");
        return _lexemes;
    }

    private void Outside()
    {
        int open = FindOpen(_at);
        if (open < 0)
        {
            Add(LexemeKind.Data, _source[_at..]);
            _at = _source.Length;
            return;
        }

        char kind = _source[open + 1];
        char sign = open + 2 < _source.Length ? _source[open + 2] : ' ';
        AddData(Stripped(_source[_at..open], sign, kind != '{'));
        _at = open + 2 + (sign is '-' or '+' ? 1 : 0);
        if (kind == '#')
        {
            Comment(open);
        }
        else if (kind == '%' && IsTag(_at, "raw", mayKeep: false, out int body))
        {
            Raw(body);
        }
        else
        {
            Inside(kind == '%');
        }
    }

    private int FindOpen(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    private string Stripped(string text, char sign, bool stripsLine)
    {
        if (sign == '-')
        {
            return text.TrimEnd();
        }

        if (sign == '+' || !stripsLine)
        {
            return text;
        }

        int line = text.LastIndexOf('\n') + 1;
        return (line > 0 || _atLineStart) && text.AsSpan(line).IsWhiteSpace() ? text[..line] : text;
    }

    private void Comment(int open)
    {
        int close = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Fail("the comment that begins here is never closed", open);
        }

        char sign = close > _at ? _source[close - 1] : ' ';
        _at = close + 2;
        Close(sign, trimsLine: true);
    }

    private void Raw(int body)
    {
        int at = body;
        while (true)
        {
            int close = _source.IndexOf("{%", at, StringComparison.Ordinal);
            if (close < 0)
            {
                throw Fail("the raw block that begins here has no endraw", body);
            }

            char sign = close + 2 < _source.Length ? _source[close + 2] : ' ';
            _at = close + 2 + (sign is '-' or '+' ? 1 : 0);
            if (IsTag(_at, "endraw", mayKeep: true, out _))
            {
                AddData(Stripped(_source[body..close], sign, stripsLine: true));
                int end = _source.IndexOf("%}", _at, StringComparison.Ordinal);
                char last = _source[end - 1];
                _at = end + 2;
                Close(last, trimsLine: true);
                return;
            }

            at = close + 2;
        }
    }

    // "{% raw +%}" is no tag of Jinja's, "{% endraw +%}" is one.
    private bool IsTag(int at, string name, bool mayKeep, out int after)
    {
        after = at;
        int i = SkipSpace(at);
        if (string.CompareOrdinal(_source, i, name, 0, name.Length) != 0)
        {
            return false;
        }

        i = SkipSpace(i + name.Length);
        bool dash = i < _source.Length && (_source[i] == '-' || (mayKeep && _source[i] == '+'));
        int end = dash ? i + 1 : i;
        if (string.CompareOrdinal(_source, end, "%}", 0, 2) != 0)
        {
            return false;
        }

        after = dash && _source[i] == '-' ? SkipSpace(end + 2) : end + 2;
        return true;
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && char.IsWhiteSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    // White space after a closing sequence.
    private void Close(char sign, bool trimsLine)
    {
        int before = _at;
        if (sign == '-')
        {
            _at = SkipSpace(_at);
        }
        else if (sign != '+' && trimsLine && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }

        _atLineStart = _at > before && _source[_at - 1] == '\n';
    }

    private void Inside(bool block)
    {
        Add(block ? LexemeKind.BlockBegin : LexemeKind.PrintBegin, "");
        string close = block ? "%}" : "}}";
        _brackets.Clear();
        while (true)
        {
            _at = SkipSpace(_at);
            if (_at >= _source.Length)
            {
                throw Fail($"the tag is never closed by {close}", _source.Length);
            }

            if (_brackets.Count == 0 && Closes(close, block, out char sign))
            {
                Add(block ? LexemeKind.BlockEnd : LexemeKind.PrintEnd, "");
                _at += close.Length + (sign == ' ' ? 0 : 1);
                Close(sign, trimsLine: block);
                return;
            }

            Next();
        }
    }

    private bool Closes(string close, bool block, out char sign)
    {
        sign = _source[_at] is '-' or '+' && (block || _source[_at] == '-') ? _source[_at] : ' ';
        if (string.CompareOrdinal(_source, _at + (sign == ' ' ? 0 : 1), close, 0, 2) == 0)
        {
            return true;
        }

        sign = ' ';
        return false;
    }

    private void Next()
    {
        char c = _source[_at];
        if (char.IsAsciiDigit(c))
        {
            Number();
        }
        else if (c == '_' || char.IsLetter(c))
        {
            int end = _at;
            while (end < _source.Length && (_source[end] == '_' || char.IsLetterOrDigit(_source[end])))
            {
                end++;
            }

            Take(LexemeKind.Name, end);
        }
        else if (c is '\'' or '"')
        {
            Text(c);
        }
        else
        {
            Operator();
        }
    }

    private void Operator()
    {
        foreach (string text in s_operators)
        {
            if (string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0)
            {
                Balance(text[0]);
                Take(LexemeKind.Operator, _at + text.Length);
                return;
            }
        }

        throw Fail($"\"{_source[_at]}\" was not expected", _at);
    }

    private void Balance(char c)
    {
        if (c is '(' or '[' or '{')
        {
            _brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}' && (_brackets.Count == 0 || _brackets.Pop() != c))
        {
            throw Fail($"\"{c}\" closes nothing that is open", _at);
        }
    }

    private void Number()
    {
        int end = _at;
        if (_source[_at] == '0' && _at + 2 < _source.Length && char.ToLowerInvariant(_source[_at + 1]) is 'x' or 'o' or 'b')
        {
            end = _at + 2;
            while (end < _source.Length && (char.IsAsciiHexDigit(_source[end]) || _source[end] == '_'))
            {
                end++;
            }

            Take(LexemeKind.Integer, end);
            return;
        }

        end = Digits(end);
        bool isFloat = false;
        if (_at == 0 || _source[_at - 1] != '.')
        {
            if (end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
            {
                (end, isFloat) = (Digits(end + 1), true);
            }

            int exponent = end + 1 + (end + 1 < _source.Length && _source[end + 1] is '+' or '-' ? 1 : 0);
            if (end < _source.Length && _source[end] is 'e' or 'E' && exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
            {
                (end, isFloat) = (Digits(exponent), true);
            }
        }

        if (!isFloat && _source[_at] == '0' && _source.AsSpan(_at, end - _at).IndexOfAnyInRange('1', '9') >= 0)
        {
            throw Fail("a number does not begin with 0", _at);
        }

        Take(isFloat ? LexemeKind.Float : LexemeKind.Integer, end);
    }

    private int Digits(int at)
    {
        while (at < _source.Length && (char.IsAsciiDigit(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && char.IsAsciiDigit(_source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private void Text(char quote)
    {
        int end = _at + 1;
        while (end < _source.Length && _source[end] != quote)
        {
            end += _source[end] == '\\' ? 2 : 1;
        }

        if (end >= _source.Length)
        {
            throw Fail("the text that begins here is never closed", _at);
        }

        Add(LexemeKind.Text, Escapes.Decode(_source.AsSpan(_at + 1, end - _at - 1)));
        _at = end + 1;
    }

    private void Take(LexemeKind kind, int end)
    {
        string text = _source[_at..end];
        Add(kind, kind is LexemeKind.Integer or LexemeKind.Float ? text.Replace("_", "", StringComparison.Ordinal) : text);
        _at = end;
    }

    private void AddData(string text)
    {
        if (text.Length > 0)
        {
            Add(LexemeKind.Data, text);
        }
    }

    private void Add(LexemeKind kind, string text)
    {
        Count(_at);
        _lexemes.Add(new Lexeme(kind, text, _line, _at - _lineStart + 1));
    }

    private void Count(int to)
    {
        for (; _counted < to && _counted < _source.Length; _counted++)
        {
            if (_source[_counted] == '\n')
            {
                (_line, _lineStart) = (_line + 1, _counted + 1);
            }
        }
    }

    private JinjaException Fail(string reason, int at)
    {
        int line = 1 + _source.AsSpan(0, Math.Min(at, _source.Length)).Count('\n');
        int start = at == 0 ? 0 : _source.LastIndexOf('\n', Math.Min(at, _source.Length) - 1) + 1;
        return new JinjaException(reason, line, at - start + 1);
    }
}
