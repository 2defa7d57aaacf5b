using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Exo.Engine.Grammars;

/// <summary>Reads GBNF (llama.cpp, grammars/README.md): rules of literals, classes, groups, repetitions and other rules.</summary>
internal sealed class GbnfReader(string source, GrammarRules rules)
{
    private const int MostRepeats = 100_000;
    private const int Deepest = 128;

    private int _at;
    private int _depth;

    /// <summary>Defines the rules; gives the number of root.</summary>
    public int Read()
    {
        Skip(lines: true);
        while (_at < source.Length)
        {
            int place = _at;
            string name = Name();
            Skip(lines: false);
            if (!Take("::="))
            {
                throw Wrong($"the rule {name} needs ::= behind its name");
            }

            if (rules.IsDefined(name))
            {
                _at = place;
                throw Wrong($"the rule {name} is defined twice; join the definitions with |");
            }

            Skip(lines: true);
            rules.Define(rules.Number(name), Alternatives(nested: false));
            if (_at < source.Length && source[_at] is not ('\n' or '\r'))
            {
                throw Wrong($"'{source[_at]}' is not expected in the rule {name}");
            }

            Skip(lines: true);
        }

        return rules.IsDefined("root") ? rules.Number("root") : throw Wrong("there is no rule root, which is the whole text");
    }

    private GrammarPattern Alternatives(bool nested)
    {
        if (++_depth > Deepest)
        {
            throw Wrong($"groups are nested deeper than {Deepest} levels");
        }

        List<GrammarPattern> options = [Sequence(nested)];
        while (Take("|"))
        {
            Skip(lines: true);
            options.Add(Sequence(nested));
        }

        _depth--;
        return GrammarPattern.OneOf(options);
    }

    private GrammarPattern.Sequence Sequence(bool nested)
    {
        ImmutableArray<GrammarPattern>.Builder parts = ImmutableArray.CreateBuilder<GrammarPattern>();
        while (_at < source.Length && Element(nested) is { } element)
        {
            Skip(nested);
            parts.Add(Repeated(element, nested));
        }

        return new GrammarPattern.Sequence(parts.ToImmutable());
    }

    /// <summary>Null where the sequence ends.</summary>
    private GrammarPattern? Element(bool nested)
    {
        switch (source[_at])
        {
            case '"':
                return Literal();
            case '[':
                return Class();
            case '.':
                _at++;
                return new GrammarPattern.Chars(CodeSet.Any);
            case '(':
                _at++;
                Skip(lines: true);
                GrammarPattern group = Alternatives(nested: true);
                return Take(")") ? group : throw Wrong("a group is not closed; add )");
            case '*' or '+' or '?' or '{':
                throw Wrong($"'{source[_at]}' has nothing to repeat");
            case '<' or '!':
                throw Wrong("single tokens as <think> or <[7]> are not supported; say their text as a literal");
            case '|' or '\n' or '\r':
                return null;
            case ')' when nested:
                return null;
            default:
                return new GrammarPattern.Rule(rules.Number(Name()));
        }
    }

    private GrammarPattern Repeated(GrammarPattern element, bool nested)
    {
        while (_at < source.Length)
        {
            (int least, int? most) = (0, (int?)null);
            switch (source[_at])
            {
                case '*':
                    _at++;
                    break;
                case '+':
                    _at++;
                    least = 1;
                    break;
                case '?':
                    _at++;
                    most = 1;
                    break;
                case '{':
                    _at++;
                    Skip(nested);
                    least = Number();
                    Skip(nested);
                    most = least;
                    if (Take(","))
                    {
                        Skip(nested);
                        most = _at < source.Length && char.IsAsciiDigit(source[_at]) ? Number() : null;
                        Skip(nested);
                    }

                    if (!Take("}"))
                    {
                        throw Wrong("a repetition is not closed; write {n}, {n,} or {n,m}");
                    }

                    break;
                default:
                    return element;
            }

            if (most < least)
            {
                throw Wrong($"a repetition asks for at least {least} and at most {most}");
            }

            element = element.Times(least, most);
            Skip(nested);
        }

        return element;
    }

    private GrammarPattern.Sequence Literal()
    {
        int begin = _at++;
        ImmutableArray<GrammarPattern>.Builder parts = ImmutableArray.CreateBuilder<GrammarPattern>();
        while (true)
        {
            if (_at >= source.Length)
            {
                _at = begin;
                throw Wrong("a literal is not closed; add \"");
            }

            if (Take("\""))
            {
                return new GrammarPattern.Sequence(parts.ToImmutable());
            }

            parts.Add(new GrammarPattern.Chars(CodeSet.Of(Character())));
        }
    }

    private GrammarPattern.Chars Class()
    {
        int begin = _at++;
        bool negated = Take("^");
        List<(int, int)> ranges = [];
        while (!Take("]"))
        {
            if (_at >= source.Length)
            {
                _at = begin;
                throw Wrong("a class is not closed; add ]");
            }

            int first = Character();
            int last = first;
            if (_at + 1 < source.Length && source[_at] == '-' && source[_at + 1] != ']')
            {
                _at++;
                last = Character();
            }

            if (last < first)
            {
                throw Wrong("a range in a class ends before it begins");
            }

            ranges.Add((first, last));
        }

        CodeSet set = CodeSet.Of(ranges);
        return new GrammarPattern.Chars(negated ? set.Complement() : set);
    }

    private int Character()
    {
        if (source[_at] != '\\')
        {
            Rune.DecodeFromUtf16(source.AsSpan(_at), out Rune rune, out int length);
            _at += length;
            return rune.Value;
        }

        char escape = _at + 1 < source.Length ? source[_at + 1] : throw Wrong("the grammar ends in an escape");
        _at += 2;
        switch (escape)
        {
            case 'x':
                return Hex(2);
            case 'u':
                return Hex(4);
            case 'U':
                return Hex(8);
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'n':
                return '\n';
            case '\\' or '"' or '[' or ']' or '-' or '^':
                return escape;
            default:
                _at -= 2;
                throw Wrong($"\\{escape} is no escape; known are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\^ \\xHH \\uHHHH \\UHHHHHHHH");
        }
    }

    private int Hex(int digits)
    {
        if (_at + digits > source.Length || !int.TryParse(source.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code) || code is < 0 or > CodeSet.Last)
        {
            throw Wrong($"an escape needs {digits} hexadecimal digits of a code point");
        }

        _at += digits;
        return code;
    }

    private int Number()
    {
        int begin = _at;
        while (_at < source.Length && char.IsAsciiDigit(source[_at]))
        {
            _at++;
        }

        return int.TryParse(source.AsSpan(begin, _at - begin), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostRepeats
            ? number
            : throw Wrong($"a repetition needs a number from 0 to {MostRepeats}");
    }

    private string Name()
    {
        int begin = _at;
        while (_at < source.Length && (char.IsAsciiLetterOrDigit(source[_at]) || source[_at] is '-' or '_'))
        {
            _at++;
        }

        return _at > begin ? source[begin.._at] : throw Wrong($"'{source[_at]}' is not expected; a rule's name consists of letters, digits, - and _");
    }

    private void Skip(bool lines)
    {
        while (_at < source.Length && (source[_at] is ' ' or '\t' or '#' || (lines && source[_at] is '\n' or '\r')))
        {
            if (source[_at] == '#')
            {
                while (_at < source.Length && source[_at] is not ('\n' or '\r'))
                {
                    _at++;
                }
            }
            else
            {
                _at++;
            }
        }
    }

    private bool Take(string text)
    {
        bool there = string.CompareOrdinal(source, _at, text, 0, text.Length) == 0;
        _at += there ? text.Length : 0;
        return there;
    }

    private GrammarException Wrong(string reason)
    {
        int at = Math.Min(_at, source.Length);
        int line = 1 + source.AsSpan(0, at).Count('\n');
        int column = at - source.AsSpan(0, at).LastIndexOf('\n');
        return new GrammarException($"The grammar, line {line}, column {column}: {reason}.");
    }
}
