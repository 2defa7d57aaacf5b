using System.Globalization;
using System.Text;

namespace Exo.Engine.Outputs;

/// <summary>
/// Reads arguments in the literals of a language and writes them as JSON: (a=1, b=['x', True]) of Python, {a:1,b:[&lt;|"|&gt;x&lt;|"|&gt;]} of Gemma.
/// What JSON has in their place is read too.
/// </summary>
/// <param name="quote">Stands around texts in which every character is itself; null for texts in quotation marks alone.</param>
internal sealed class LiteralScanner(string? quote) : IScanner
{
    private const int Deepest = 128;

    private readonly Stack<Level> _levels = new();
    private readonly StringBuilder _json = new();
    private readonly StringBuilder _text = new();
    private Place _place = Place.Top;
    private bool _key;
    private char _mark;
    private int _left;
    private int _code;

    private enum Place
    {
        Top,
        Value,
        ItemOrEnd,
        Assign,
        Behind,
        Word,
        Text,
        Escape,
        Code,
        Quote,
        Quoted,
        Done,
    }

    public bool IsDone => _place == Place.Done;

    /// <summary>What was read, as a JSON object.</summary>
    public string Json => _json.ToString();

    public bool Step(char c) => _place switch
    {
        Place.Top => c is '(' or '{' && Open(c, keyed: true),
        Place.Text => InText(c),
        Place.Escape => InEscape(c),
        Place.Code => InCode(c),
        Place.Quote => InQuote(c),
        Place.Quoted => InQuoted(c),
        Place.Word => InWord(c),
        Place.Done => false,
        _ => Spaces.Contain(c) || Between(c),
    };

    private bool Between(char c)
    {
        Level level = _levels.Peek();
        switch (_place)
        {
            case Place.Assign:
                _place = Place.Value;
                _json.Append(':');
                return c == level.Assign;
            case Place.Behind when c == ',':
                _place = Place.ItemOrEnd;
                return true;
            case Place.Behind:
                return c == level.End && Close();
            case Place.ItemOrEnd when c == level.End:
                return Close();
            case Place.ItemOrEnd:
                _json.Append(level.IsEmpty ? "" : ",");
                level.IsEmpty = false;
                return Begin(c, level.Assign != '\0');
            default:
                return Begin(c, key: false);
        }
    }

    private bool Begin(char c, bool key)
    {
        _key = key;
        _text.Clear();
        if (c == '"' || (c == '\'' && quote is null))
        {
            (_place, _mark) = (Place.Text, c);
            return true;
        }

        if (c == quote?[0])
        {
            (_place, _left) = (Place.Quote, 1);
            return true;
        }

        if (IsOfWord(c))
        {
            _text.Append(c);
            _place = Place.Word;
            return true;
        }

        return !key && c is '[' or '{' or '(' && Open(c, keyed: c == '{');
    }

    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '+' or '.';

    private bool InWord(char c)
    {
        if (IsOfWord(c))
        {
            _text.Append(c);
            return true;
        }

        return EndWord() && (Spaces.Contain(c) || Between(c));
    }

    private bool EndWord()
    {
        if (_key)
        {
            return EndText();
        }

        string word = _text.ToString() switch { "True" => "true", "False" => "false", "None" => "null", string other => other };
        JsonScanner scanner = new();
        if (!$"[{word}]".All(scanner.Step))
        {
            return false;
        }

        _json.Append(word);
        _place = Place.Behind;
        return true;
    }

    private bool InText(char c)
    {
        if (c == _mark)
        {
            return EndText();
        }

        if (c == '\\')
        {
            _place = Place.Escape;
        }
        else
        {
            _text.Append(c);
        }

        return true;
    }

    private bool InEscape(char c)
    {
        (_left, _code) = (c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 }, 0);
        _place = _left > 0 ? Place.Code : Place.Text;
        _ = c switch
        {
            'x' or 'u' or 'U' or '\n' => _text,
            'n' => _text.Append('\n'),
            't' => _text.Append('\t'),
            'r' => _text.Append('\r'),
            'b' => _text.Append('\b'),
            'f' => _text.Append('\f'),
            '\\' or '\'' or '"' => _text.Append(c),
            _ => _text.Append('\\').Append(c), // Python leaves what it does not know
        };
        return true;
    }

    private bool InCode(char c)
    {
        if (!char.IsAsciiHexDigit(c) || _code > 0x10FFFF)
        {
            return false;
        }

        _code = (_code << 4) + Convert.ToInt32(c.ToString(), 16);
        if (--_left > 0)
        {
            return true;
        }

        _place = Place.Text;
        if (_code <= char.MaxValue)
        {
            _text.Append((char)_code);
        }
        else if (Rune.IsValid(_code))
        {
            _text.Append(new Rune(_code).ToString());
        }

        return _code <= 0x10FFFF;
    }

    private bool InQuote(char c)
    {
        bool fits = c == quote![_left++];
        _place = _left == quote.Length ? Place.Quoted : Place.Quote;
        return fits;
    }

    private bool InQuoted(char c)
    {
        _text.Append(c);
        if (c != quote![^1] || _text.Length < quote.Length || _text.ToString(_text.Length - quote.Length, quote.Length) != quote)
        {
            return true;
        }

        _text.Length -= quote.Length;
        return EndText();
    }

    /// <summary>False for half a surrogate pair, which an escape can spell and text cannot hold.</summary>
    private bool EndText()
    {
        string text = _text.ToString();
        _json.Append('"');
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsSurrogate(c))
            {
                if (!char.IsSurrogatePair(text, i))
                {
                    return false;
                }

                _json.Append(c).Append(text[++i]);
            }
            else if (c < ' ')
            {
                _json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                _json.Append(c is '"' or '\\' ? "\\" : "").Append(c);
            }
        }

        _json.Append('"');
        _place = _key ? Place.Assign : Place.Behind;
        return true;
    }

    private bool Open(char c, bool keyed)
    {
        if (_levels.Count == Deepest)
        {
            return false;
        }

        _json.Append(keyed ? '{' : '[');
        _levels.Push(new Level(c switch { '(' => ')', '[' => ']', _ => '}' }, keyed ? (c == '(' ? '=' : ':') : '\0'));
        _place = Place.ItemOrEnd;
        return true;
    }

    private bool Close()
    {
        _json.Append(_levels.Pop().Assign == '\0' ? ']' : '}');
        _place = _levels.Count == 0 ? Place.Done : Place.Behind;
        return true;
    }

    /// <summary>An open bracket: what ends it, and what stands between name and value; 0 for a list.</summary>
    private sealed class Level(char end, char assign)
    {
        public char End { get; } = end;

        public char Assign { get; } = assign;

        public bool IsEmpty { get; set; } = true;
    }
}
