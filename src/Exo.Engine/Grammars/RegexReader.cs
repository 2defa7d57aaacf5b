using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Exo.Engine.Grammars;

/// <summary>
/// Reads regular expressions of ECMAScript (ECMA-262, 22.2) as far as they describe a set of texts: no looking around, no references back.
/// Lazy and greedy are the same here, and anchors may stand only where they hold or can be dropped.
/// </summary>
internal sealed class RegexReader(string pattern)
{
    private const int MostRepeats = 100_000;
    private const int LongestCount = 32;
    private const int Deepest = 128;

    private static readonly CodeSet s_digits = CodeSet.Of([('0', '9')]);
    private static readonly CodeSet s_words = CodeSet.Of([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);
    private static readonly CodeSet s_spaces = CodeSet.Of([(0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]);
    private static readonly CodeSet s_lineEnds = CodeSet.Of([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]);

    private int _at;
    private int _depth;

    /// <summary>The texts that it matches.</summary>
    /// <param name="wholeText">True: from beginning to end; false: anywhere, unless it is anchored.</param>
    public GrammarPattern Read(bool wholeText)
    {
        GrammarPattern read = Alternatives(outermost: true, wholeText);
        return _at == pattern.Length ? read : throw Wrong("a ) has no (");
    }

    private GrammarPattern Alternatives(bool outermost, bool wholeText)
    {
        if (++_depth > Deepest)
        {
            throw Wrong($"groups are nested deeper than {Deepest} levels");
        }

        List<GrammarPattern> options = [];
        do
        {
            options.Add(Alternative(outermost, wholeText));
        }
        while (Take('|'));
        _depth--;
        return GrammarPattern.OneOf(options);
    }

    private GrammarPattern.Sequence Alternative(bool outermost, bool wholeText)
    {
        GrammarPattern anything = new GrammarPattern.Chars(CodeSet.Any).Any();
        bool begins = outermost && Take('^');
        bool ends = false;
        ImmutableArray<GrammarPattern>.Builder parts = ImmutableArray.CreateBuilder<GrammarPattern>();
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
        {
            if (ends)
            {
                throw Wrong("behind $ nothing can follow");
            }

            if (outermost && Take('$'))
            {
                ends = true;
                continue;
            }

            parts.Add(Repeated(Atom()));
        }

        if (outermost && !wholeText)
        {
            if (!begins)
            {
                parts.Insert(0, anything);
            }

            if (!ends)
            {
                parts.Add(anything);
            }
        }

        return new GrammarPattern.Sequence(parts.ToImmutable());
    }

    private GrammarPattern Atom()
    {
        char c = pattern[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return new GrammarPattern.Chars(Class());
            case '.':
                _at++;
                return new GrammarPattern.Chars(s_lineEnds.Complement());
            case '\\':
                return new GrammarPattern.Chars(Escape(inClass: false));
            case '*' or '+' or '?':
            case '{' when TryCount(out _, out _):
                throw Wrong($"'{c}' has nothing to repeat");
            case '^' or '$':
                throw Wrong($"'{c}' stands inside of the expression; only the ends of its outermost alternatives can be anchored");
            default:
                return new GrammarPattern.Chars(CodeSet.Of(Letter()));
        }
    }

    private GrammarPattern Group()
    {
        int begin = _at++;
        if (Take('?') && !Take(':'))
        {
            Take('P'); // as Python writes names
            bool named = Take('<') && _at < pattern.Length && pattern[_at] is not ('=' or '!');
            int close = named ? pattern.IndexOf('>', _at) : -1;
            if (close < 0)
            {
                _at = begin;
                throw Wrong($"{Name(pattern.AsSpan(begin + 2))} cannot be enforced token by token");
            }

            _at = close + 1;
        }

        GrammarPattern inner = Alternatives(outermost: false, wholeText: true);
        if (!Take(')'))
        {
            _at = begin;
            throw Wrong("a group is not closed");
        }

        return inner;
    }

    /// <summary>What a group is that begins with (? and these letters.</summary>
    private static string Name(ReadOnlySpan<char> letters) => letters switch
    {
        ['=' or '!', ..] => "looking ahead",
        ['<', '=' or '!', ..] => "looking behind",
        ['>', ..] => "an atomic group",
        ['#', ..] => "a comment",
        ['P', '=', ..] => "a reference back",
        ['(', ..] => "a conditional group",
        _ => "a group with flags",
    };

    private GrammarPattern Repeated(GrammarPattern atom)
    {
        (int least, int? most) = (1, (int?)1);
        if (Take('*'))
        {
            (least, most) = (0, null);
        }
        else if (Take('+'))
        {
            most = null;
        }
        else if (Take('?'))
        {
            least = 0;
        }
        else if (!TryCount(out least, out most))
        {
            return atom;
        }

        Take('?'); // lazy: the same texts
        return _at < pattern.Length && (pattern[_at] is '*' or '+' or '?' || TryCount(out _, out _)) ? throw Wrong("a repetition is repeated; put a group around it") : atom.Times(least, most);
    }

    /// <summary>{n}, {n,} or {n,m}; any other brace is a letter.</summary>
    private bool TryCount(out int least, out int? most)
    {
        (least, most) = (1, 1);
        int close = _at < pattern.Length && pattern[_at] == '{' ? pattern.AsSpan(_at, Math.Min(LongestCount, pattern.Length - _at)).IndexOf('}') + _at : -1;
        if (close <= _at)
        {
            return false;
        }

        string[] numbers = pattern[(_at + 1)..close].Split(',');
        if (numbers is ["", not ""] && !numbers[1].AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw Wrong($"{{,{numbers[1]}}} is a repetition to some programs and text to others; write {{0,{numbers[1]}}}, or \\{{,{numbers[1]}}}");
        }

        if (numbers.Length > 2 || numbers[0].Length == 0 || numbers.Any(number => number.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            return false;
        }

        if (!TryNumber(numbers[0], out least) || (numbers.Length == 2 && numbers[1].Length > 0 && !TryNumber(numbers[1], out _)))
        {
            throw Wrong($"a repetition counts further than {MostRepeats}");
        }

        most = numbers.Length == 1 ? least : numbers[1].Length == 0 ? null : int.Parse(numbers[1], CultureInfo.InvariantCulture);
        if (most < least)
        {
            throw Wrong($"a repetition asks for at least {least} and at most {most}");
        }

        _at = close + 1;
        return true;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MostRepeats;

    private CodeSet Class()
    {
        int begin = _at++;
        bool negated = Take('^');
        List<(int First, int Last)> ranges = [];
        while (!Take(']'))
        {
            if (_at >= pattern.Length)
            {
                _at = begin;
                throw Wrong("a class is not closed");
            }

            CodeSet first = Member();
            if (_at + 1 < pattern.Length && pattern[_at] == '-' && pattern[_at + 1] != ']')
            {
                _at++;
                CodeSet last = Member();
                if (first.Ranges is not [var (from, fromEnd)] || last.Ranges is not [var (to, toEnd)] || from != fromEnd || to != toEnd || from > to)
                {
                    throw Wrong("a range in a class goes from one character to a later one");
                }

                first = CodeSet.Of([(from, to)]);
            }

            ranges.AddRange(first.Ranges);
        }

        CodeSet set = CodeSet.Of(ranges);
        return negated ? set.Complement() : set;
    }

    private CodeSet Member() => _at < pattern.Length && pattern[_at] == '\\' ? Escape(inClass: true) : _at < pattern.Length ? CodeSet.Of(Letter()) : throw Wrong("a class is not closed");

    private CodeSet Escape(bool inClass)
    {
        _at++;
        char c = _at < pattern.Length ? pattern[_at++] : throw Wrong("the expression ends in an escape");
        switch (c)
        {
            case 'd':
                return s_digits;
            case 'D':
                return s_digits.Complement();
            case 'w':
                return s_words;
            case 'W':
                return s_words.Complement();
            case 's':
                return s_spaces;
            case 'S':
                return s_spaces.Complement();
            case 't':
                return CodeSet.Of('\t');
            case 'n':
                return CodeSet.Of('\n');
            case 'r':
                return CodeSet.Of('\r');
            case 'f':
                return CodeSet.Of('\f');
            case 'v':
                return CodeSet.Of('\v');
            case '0' when _at >= pattern.Length || !char.IsAsciiDigit(pattern[_at]):
                return CodeSet.Of(0);
            case 'b' when inClass:
                return CodeSet.Of('\b');
            case 'x':
                return CodeSet.Of(Hex(2));
            case 'u':
                return CodeSet.Of(Unicode());
            default:
                if (char.IsAsciiLetterOrDigit(c))
                {
                    _at -= 2;
                    throw Wrong($"\\{c} cannot be enforced: {Name(c)} are not supported");
                }

                _at--;
                return CodeSet.Of(Letter());
        }
    }

    private static string Name(char escape) => escape switch
    {
        'b' or 'B' or 'A' or 'Z' or 'z' or 'G' => "boundaries",
        'k' or (>= '0' and <= '9') => "references back and octal codes",
        'p' or 'P' or 'N' => "properties and names of characters",
        _ => "escapes beyond those of ECMAScript",
    };

    private int Unicode()
    {
        if (Take('{'))
        {
            int close = pattern.IndexOf('}', _at);
            int code = close > _at && close - _at <= 6 ? Hex(close - _at) : throw Wrong("\\u{…} needs up to six hexadecimal digits");
            _at++;
            return code <= CodeSet.Last ? code : throw Wrong("\\u{…} is above the last code point, 10FFFF");
        }

        int high = Hex(4);
        if (high is >= 0xD800 and < 0xDC00 && string.CompareOrdinal(pattern, _at, "\\u", 0, 2) == 0)
        {
            _at += 2;
            int low = Hex(4);
            return low is >= 0xDC00 and < 0xE000 ? char.ConvertToUtf32((char)high, (char)low) : throw Wrong("half a surrogate pair is no character");
        }

        return high;
    }

    private int Hex(int digits)
    {
        if (_at + digits > pattern.Length || !int.TryParse(pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
        {
            throw Wrong($"an escape needs {digits} hexadecimal digits");
        }

        _at += digits;
        return code;
    }

    private int Letter()
    {
        Rune.DecodeFromUtf16(pattern.AsSpan(_at), out Rune rune, out int length);
        _at += length;
        return rune.Value;
    }

    private bool Take(char c)
    {
        bool there = _at < pattern.Length && pattern[_at] == c;
        _at += there ? 1 : 0;
        return there;
    }

    private GrammarException Wrong(string reason) => new($"The regular expression {Shown()}, character {_at + 1}: {reason}.");

    private string Shown() => pattern.Length > 60 ? pattern[..60] + "…" : pattern;
}
