using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using static Exo.Engine.Chat.Jinja.Expression;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Reads expressions; each method is one rank of Jinja's grammar, the loosest first.</summary>
internal class ExpressionParser(List<Lexeme> lexemes)
{
    private const int DeepestNesting = 200;

    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    private int _at;
    private int _depth;

    protected Lexeme Current => lexemes[_at];

    /// <summary>Names mentioned in the macros that are open.</summary>
    protected Stack<HashSet<string>> Mentioned { get; } = new();

    public Expression ParseExpression(bool conditional = true)
    {
        Enter();
        Expression value = conditional ? ParseCondition() : ParseOr();
        _depth--;
        return value;
    }

    /// <summary>One expression, or several with commas between them: a tuple.</summary>
    public Expression ParseTuple(bool conditional = true, Func<bool>? ends = null)
    {
        Lexeme first = Current;
        List<Expression> items = [];
        bool tuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                if (!Accept(","))
                {
                    break;
                }

                tuple = true;
            }

            if (Current.Kind is LexemeKind.PrintEnd or LexemeKind.BlockEnd || Current.Is(")") || (ends?.Invoke() ?? false))
            {
                break;
            }

            items.Add(ParseExpression(conditional));
        }

        return items.Count == 0 ? throw Unexpected("an expression")
            : tuple ? new Sequence([.. items], IsTuple: true, first.Line, first.Column)
            : items[0];
    }

    protected Lexeme Take() => lexemes[_at++];

    protected bool Accept(string @operator)
    {
        bool found = Current.Is(@operator);
        _at += found ? 1 : 0;
        return found;
    }

    protected bool AcceptName(string name)
    {
        bool found = Current.IsName(name);
        _at += found ? 1 : 0;
        return found;
    }

    protected void Expect(string @operator)
    {
        if (!Accept(@operator))
        {
            throw Unexpected($"\"{@operator}\"");
        }
    }

    protected Lexeme ExpectName() => Current.Kind == LexemeKind.Name ? Take() : throw Unexpected("a name");

    protected JinjaException Unexpected(string expected) => new($"{expected} was expected, not {Current.Describe()}", Current.Line, Current.Column);

    protected void Enter()
    {
        if (++_depth > DeepestNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new JinjaException($"nested more than {DeepestNesting} deep, which is the limit", Current.Line, Current.Column);
        }
    }

    protected void Leave() => _depth--;

    protected Expression ParseFilters(Expression? operand)
    {
        Lexeme name = ExpectName();
        string text = name.Text;
        while (Accept("."))
        {
            text += "." + ExpectName().Text;
        }

        Enter();
        ArgumentList arguments = Current.Is("(") ? ParseArguments() : ArgumentList.None;
        Leave();
        return new Filter(operand, text, arguments, name.Line, name.Column);
    }

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
            else if (Current.Kind == LexemeKind.Name && lexemes[_at + 1].Is("="))
            {
                string name = Take().Text;
                _at++;
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
                string text = at.Text;
                while (Current.Kind == LexemeKind.Text)
                {
                    text += Take().Text;
                }

                return new Constant(text, at.Line, at.Column);
            case LexemeKind.Integer:
                return new Constant(ToInteger(at), at.Line, at.Column);
            case LexemeKind.Float:
                return new Constant(double.Parse(at.Text, CultureInfo.InvariantCulture), at.Line, at.Column);
            default:
                return at.Is("(") ? ParseParentheses(at)
                    : at.Is("[") ? new Sequence(ParseList("]"), IsTuple: false, at.Line, at.Column)
                    : at.Is("{") ? ParseMapping(at)
                    : throw Back().Unexpected("an expression");
        }
    }

    private ExpressionParser Back()
    {
        _at--;
        return this;
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

    private Expression ParseCondition()
    {
        Lexeme at = Current;
        Expression value = ParseOr();
        while (AcceptName("if"))
        {
            Expression test = ParseOr();
            Expression? otherwise = AcceptName("else") ? ParseExpression() : null;
            value = new Condition(value, test, otherwise, at.Line, at.Column);
        }

        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (Current.IsName("or"))
        {
            Lexeme at = Take();
            left = new Binary("or", left, ParseAnd(), at.Line, at.Column);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (Current.IsName("and"))
        {
            Lexeme at = Take();
            left = new Binary("and", left, ParseNot(), at.Line, at.Column);
        }

        return left;
    }

    private Expression ParseNot()
    {
        Lexeme at = Current;
        if (!AcceptName("not"))
        {
            return ParseComparison();
        }

        Enter();
        Expression operand = ParseNot();
        Leave();
        return new Unary("not", operand, at.Line, at.Column);
    }

    private Expression ParseComparison()
    {
        Lexeme at = Current;
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (true)
        {
            if (Current.Kind == LexemeKind.Operator && s_comparisons.Contains(Current.Text))
            {
                string @operator = Take().Text;
                rest.Add((@operator, ParseSum()));
            }
            else if (AcceptName("in"))
            {
                rest.Add(("in", ParseSum()));
            }
            else if (Current.IsName("not") && lexemes[_at + 1].IsName("in"))
            {
                _at += 2;
                rest.Add(("not in", ParseSum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(first, [.. rest], at.Line, at.Column);
            }
        }
    }

    private Expression ParseSum() => ParseLeft(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation()
    {
        Lexeme at = Current;
        List<Expression> items = [ParseProduct()];
        while (Accept("~"))
        {
            items.Add(ParseProduct());
        }

        return items.Count == 1 ? items[0] : new Concatenation([.. items], at.Line, at.Column);
    }

    private Expression ParseProduct() => ParseLeft(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseLeft(() => ParseUnary(filters: true), "**");

    private Expression ParseLeft(Func<Expression> next, params ReadOnlySpan<string> operators)
    {
        Expression left = next();
        while (Current.Kind == LexemeKind.Operator && operators.Contains(Current.Text))
        {
            Lexeme at = Take();
            left = new Binary(at.Text, left, next(), at.Line, at.Column);
        }

        return left;
    }

    private Expression ParseUnary(bool filters)
    {
        Lexeme at = Current;
        Expression value;
        if (at.Is("-") || at.Is("+"))
        {
            Take();
            Enter();
            value = new Unary(at.Text, ParseUnary(filters: false), at.Line, at.Column);
            Leave();
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return filters ? ParseFilterExpression(value) : value;
    }

    private Expression ParseFilterExpression(Expression value)
    {
        while (true)
        {
            if (Accept("|"))
            {
                value = ParseFilters(value);
            }
            else if (AcceptName("is"))
            {
                value = ParseTest(value);
            }
            else if (Current.Is("("))
            {
                value = new Call(value, ParseArguments(), Current.Line, Current.Column);
            }
            else
            {
                return value;
            }
        }
    }

    private Check ParseTest(Expression operand)
    {
        bool negated = AcceptName("not");
        Lexeme name = ExpectName();
        ArgumentList arguments = ArgumentList.None;
        if (Current.Is("("))
        {
            arguments = ParseArguments();
        }
        else if (Current.Kind is LexemeKind.Text or LexemeKind.Integer or LexemeKind.Float
            || Current.Is("[") || Current.Is("{")
            || (Current.Kind == LexemeKind.Name && Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not" or "recursive")))
        {
            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        }

        return new Check(operand, name.Text, arguments, negated, name.Line, name.Column);
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
}
