using System.Globalization;
using System.Numerics;
using static Exo.Engine.Chat.Jinja.Expression;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Reads the parts of expressions that bind tightest: names, constants, lists, and what follows them without an operator.</summary>
internal abstract class PrimaryParser(List<Lexeme> lexemes) : LexemeReader(lexemes)
{
    /// <summary>Names mentioned in the macros that are open.</summary>
    protected Stack<HashSet<string>> Mentioned { get; } = new();

    protected abstract Expression ParseExpression(bool conditional = true);

    protected abstract Expression ParseTuple(bool conditional = true, Func<bool>? ends = null);

    protected ArgumentList ParseArguments()
    {
        Expect("(");
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? spread = null;
        Expression? namedSpread = null;
        while (!Current.Is(")"))
        {
            if (positional.Count + named.Count > 0 || spread is not null || namedSpread is not null)
            {
                Expect(",");
                if (Current.Is(")"))
                {
                    break;
                }
            }

            if (Accept("*"))
            {
                spread = ParseExpression();
            }
            else if (Accept("**"))
            {
                namedSpread = ParseExpression();
            }
            else if (Current.Kind == LexemeKind.Name && Following.Is("="))
            {
                string name = Take().Text;
                Take();
                named.Add((name, ParseExpression()));
            }
            else if (named.Count > 0)
            {
                throw Unexpected("a named argument");
            }
            else
            {
                positional.Add(ParseExpression());
            }
        }

        Expect(")");
        return new ArgumentList([.. positional], [.. named], spread, namedSpread);
    }

    protected Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            Lexeme at = Current;
            if (Accept("."))
            {
                Lexeme name = Take();
                value = name.Kind switch
                {
                    LexemeKind.Name => new Member(value, name.Text, at.Line, at.Column),
                    LexemeKind.Integer => new Item(value, new Constant(ToInteger(name), name.Line, name.Column), at.Line, at.Column),
                    _ => throw new JinjaException("a name was expected after \".\"", name.Line, name.Column),
                };
            }
            else if (Accept("["))
            {
                value = new Item(value, ParseSubscript(), at.Line, at.Column);
            }
            else if (at.Is("("))
            {
                value = new Call(value, ParseArguments(), at.Line, at.Column);
            }
            else
            {
                return value;
            }
        }
    }

    protected Expression ParsePrimary()
    {
        Lexeme at = Take();
        switch (at.Kind)
        {
            case LexemeKind.Name:
                return NameOrConstant(at);
            case LexemeKind.Text:
                List<string> texts = [at.Text];
                while (Current.Kind == LexemeKind.Text)
                {
                    texts.Add(Take().Text);
                }

                return new Constant(string.Concat(texts), at.Line, at.Column);
            case LexemeKind.Integer:
                return new Constant(ToInteger(at), at.Line, at.Column);
            case LexemeKind.Float:
                return new Constant(double.Parse(at.Text, CultureInfo.InvariantCulture), at.Line, at.Column);
            default:
                return at.Is("(") ? ParseParentheses(at)
                    : at.Is("[") ? new Sequence(ParseList("]"), IsTuple: false, at.Line, at.Column)
                    : at.Is("{") ? ParseMapping(at)
                    : throw NoExpression();
        }
    }

    private Expression NameOrConstant(Lexeme at)
    {
        switch (at.Text)
        {
            case "true" or "True":
                return new Constant(true, at.Line, at.Column);
            case "false" or "False":
                return new Constant(false, at.Line, at.Column);
            case "none" or "None":
                return new Constant(null, at.Line, at.Column);
            default:
                foreach (HashSet<string> names in Mentioned)
                {
                    names.Add(at.Text);
                }

                return new Name(at.Text, at.Line, at.Column);
        }
    }

    private static BigInteger ToInteger(Lexeme at)
    {
        string text = at.Text;
        if (text.Length > 1000)
        {
            throw new JinjaException("the number is too long", at.Line, at.Column);
        }

        if (text.Length <= 2 || char.IsAsciiDigit(text[1]))
        {
            return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        }

        int radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        BigInteger value = 0;
        foreach (char c in text.AsSpan(2))
        {
            int digit = Convert.ToInt32(c.ToString(), 16);
            value = digit < radix ? (value * radix) + digit : throw new JinjaException($"\"{text}\" is no number", at.Line, at.Column);
        }

        return value;
    }

    private Expression ParseParentheses(Lexeme at)
    {
        if (Accept(")"))
        {
            return new Sequence([], IsTuple: true, at.Line, at.Column);
        }

        Expression value = ParseTuple();
        Expect(")");
        return value;
    }

    private Expression[] ParseList(string close)
    {
        List<Expression> items = [];
        while (!Current.Is(close))
        {
            items.Add(ParseExpression());
            if (!Current.Is(close))
            {
                Expect(",");
            }
        }

        Expect(close);
        return [.. items];
    }

    private Mapping ParseMapping(Lexeme at)
    {
        List<(Expression, Expression)> items = [];
        while (!Current.Is("}"))
        {
            Expression key = ParseExpression();
            Expect(":");
            items.Add((key, ParseExpression()));
            if (!Current.Is("}"))
            {
                Expect(",");
            }
        }

        Expect("}");
        return new Mapping([.. items], at.Line, at.Column);
    }

    private Expression ParseSubscript()
    {
        Lexeme at = Current;
        List<Expression> keys = [];
        while (!Current.Is("]"))
        {
            keys.Add(ParseSlice());
            if (!Current.Is("]"))
            {
                Expect(",");
            }
        }

        Expect("]");
        return keys.Count switch
        {
            0 => throw Unexpected("an index"),
            1 => keys[0],
            _ => new Sequence([.. keys], IsTuple: true, at.Line, at.Column),
        };
    }

    private Expression ParseSlice()
    {
        Lexeme at = Current;
        Expression? start = at.Is(":") ? null : ParseExpression();
        if (!Accept(":"))
        {
            return start!;
        }

        Expression? stop = Current.Is(":") || Current.Is("]") || Current.Is(",") ? null : ParseExpression();
        Expression? step = Accept(":") && !Current.Is("]") && !Current.Is(",") ? ParseExpression() : null;
        return new Slice(start, stop, step, at.Line, at.Column);
    }

    private JinjaException NoExpression()
    {
        StepBack();
        return Unexpected("an expression");
    }
}
