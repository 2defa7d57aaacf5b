using static Exo.Engine.Chat.Jinja.Expression;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Reads expressions; each method is one rank of Jinja's grammar, the loosest first.</summary>
internal abstract class ExpressionParser(List<Lexeme> lexemes) : PrimaryParser(lexemes)
{
    private static readonly string[] s_comparisons = ["==", "!=", "<", "<=", ">", ">="];

    protected override Expression ParseExpression(bool conditional = true)
    {
        Enter();
        Expression value = conditional ? ParseCondition() : ParseOr();
        Leave();
        return value;
    }

    /// <summary>One expression, or several with commas between them: a tuple.</summary>
    protected override Expression ParseTuple(bool conditional = true, Func<bool>? ends = null)
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
            else if (Current.IsName("not") && Following.IsName("in"))
            {
                Take();
                Take();
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
            || (Current.Kind == LexemeKind.Name && Current.Text is not ("else" or "or" or "and")))
        {
            if (Current.IsName("is"))
            {
                throw Unexpected("\"and\" between two tests");
            }

            arguments = new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
        }

        return new Check(operand, name.Text, arguments, negated, name.Line, name.Column);
    }
}
