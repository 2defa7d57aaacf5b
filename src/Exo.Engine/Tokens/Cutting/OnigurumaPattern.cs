using System.Globalization;
using System.Text;

namespace Exo.Engine.Tokens.Cutting;

/// <summary>
/// Writes a regular expression of a tokenizer.json, which is in Oniguruma's Ruby dialect (its doc/RE), in .NET's. What has no counterpart is
/// refused: without that, a class such as [[:alpha:]] would compile and mean something else.
/// </summary>
internal ref struct OnigurumaPattern
{
    private const string WordClass = @"\p{L}\p{M}\p{Nl}\p{Nd}\p{Pc}\u24B6-\u24E9";
    private const string HexClass = "0-9A-Fa-f";

    private readonly ReadOnlySpan<char> _pattern;
    private readonly StringBuilder _to = new();
    private readonly Stack<int> _groups = new();
    private int _at;
    private int _atom;

    private OnigurumaPattern(ReadOnlySpan<char> pattern) => _pattern = pattern;

    /// <summary>The expression for .NET, for use with the option Multiline.</summary>
    /// <exception cref="ArgumentException">It has what .NET has not.</exception>
    public static string Translate(string pattern)
    {
        OnigurumaPattern translation = new(pattern);
        while (translation._at < pattern.Length)
        {
            translation.Next();
        }

        return translation._to.ToString();
    }

    private void Next()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '\\':
                _atom = _to.Length;
                Escape(inClass: false);
                break;
            case '[':
                _atom = _to.Length;
                Class(nested: false);
                break;
            case '(':
                _groups.Push(_to.Length);
                Open();
                break;
            case ')':
                _atom = _groups.TryPop(out int start) ? start : _to.Length;
                Copy(1);
                break;
            case '?' or '*' or '+':
                Repeat();
                break;
            case '{':
                Count();
                break;
            default:
                _atom = _to.Length;
                Copy(1);
                break;
        }
    }

    private void Copy(int count)
    {
        _to.Append(_pattern.Slice(_at, count));
        _at += count;
    }

    // Ruby's option m is .NET's s.
    private void Open()
    {
        Copy(1);
        if (!_pattern[_at..].StartsWith("?") || _at + 1 >= _pattern.Length || !char.IsAsciiLetter(_pattern[_at + 1]))
        {
            return;
        }

        while (_at < _pattern.Length && _pattern[_at] is not (':' or ')'))
        {
            _to.Append(_pattern[_at] == 'm' ? 's' : _pattern[_at]);
            _at++;
        }
    }

    // A plus behind a repeat makes it possessive.
    private void Repeat()
    {
        char next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        if (next == '+')
        {
            _to.Insert(_atom, "(?>").Append(_pattern[_at]).Append(')');
            _at += 2;
            return;
        }

        Copy(next == '?' ? 2 : 1);
    }

    private void Count()
    {
        int length = _pattern[_at..].IndexOf('}') + 1;
        bool counts = length > 2 && IsCount(_pattern[_at + 1]) && IsCount(_pattern[_at + length - 2]);
        if (counts && _at + length < _pattern.Length && _pattern[_at + length] == '+')
        {
            throw new ArgumentException("a plus behind a count of repeats");
        }

        Copy(counts ? length : 1);
    }

    private static bool IsCount(char c) => char.IsAsciiDigit(c) || c == ',';

    private void Escape(bool inClass)
    {
        char c = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw new ArgumentException("a backslash at its end");
        ReadOnlySpan<char> rest = _pattern[(_at + 2)..];
        switch (c)
        {
            case 'w':
                Replace(inClass ? WordClass : $"[{WordClass}]");
                break;
            case 'W' when !inClass:
                Replace($"[^{WordClass}]");
                break;
            case 'b' when !inClass:
                Replace($"(?:(?<=[{WordClass}])(?![{WordClass}])|(?<![{WordClass}])(?=[{WordClass}]))");
                break;
            case 'h':
                Replace(inClass ? HexClass : $"[{HexClass}]");
                break;
            case 'x' when rest.StartsWith("{"):
                CodePoint(rest);
                break;
            case 'p' when rest.StartsWith("{^"):
                _to.Append(@"\P{");
                _at += 4;
                CopyThrough('}');
                break;
            case 'p' or 'P' when rest.StartsWith("{"):
                CopyThrough('}');
                break;
            case 'B' or 'W' or 'H' or 'R' or 'X' or 'K' or 'O' or 'N' or 'y' or 'Y' or 'g':
                throw new ArgumentException($"the escape \\{c} has no counterpart");
            default:
                Copy(2);
                break;
        }
    }

    private void Replace(string text)
    {
        _to.Append(text);
        _at += 2;
    }

    private void CopyThrough(char last)
    {
        int length = _pattern[_at..].IndexOf(last) + 1;
        Copy(length > 0 ? length : throw new ArgumentException($"a {last} is missing"));
    }

    private void CodePoint(ReadOnlySpan<char> rest)
    {
        int length = rest.IndexOf('}');
        if (length < 2 || !int.TryParse(rest[1..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code > 0xFFFF)
        {
            throw new ArgumentException("a code point beyond U+FFFF");
        }

        _to.Append(@"\u").Append(code.ToString("X4", CultureInfo.InvariantCulture));
        _at += 3 + length;
    }

    // A class within a class adds its members to it.
    private void Class(bool nested)
    {
        _at++;
        bool negated = _at < _pattern.Length && _pattern[_at] == '^';
        if (nested && negated)
        {
            throw new ArgumentException("a negated class within a class");
        }

        _to.Append(nested ? "" : "[").Append(negated ? "^" : "");
        _at += negated ? 1 : 0;
        bool first = true;
        for (; ; first = false)
        {
            ReadOnlySpan<char> rest = _pattern[_at..];
            if (rest.Length == 0)
            {
                throw new ArgumentException("a class without an end");
            }

            if (rest[0] == ']' && !first)
            {
                _at++;
                _to.Append(nested ? "" : "]");
                return;
            }

            Member(rest, first);
        }
    }

    private void Member(ReadOnlySpan<char> rest, bool first)
    {
        if (rest.StartsWith("[:") || rest.StartsWith("&&"))
        {
            throw new ArgumentException($"\"{rest[..2]}\" within a class");
        }

        switch (rest[0])
        {
            case '[':
                Class(nested: true);
                break;
            case '\\':
                Escape(inClass: true);
                break;
            case ']':
                _to.Append(@"\]");
                _at++;
                break;
            case '-' when first || rest.StartsWith("-]"):
                // At the edge of a class a hyphen is itself; within the class around it, it would be a range.
                _to.Append(@"\-");
                _at++;
                break;
            default:
                Copy(char.IsSurrogate(rest[0]) ? throw new ArgumentException("a character beyond U+FFFF within a class") : 1);
                break;
        }
    }
}
