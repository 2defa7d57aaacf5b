using static Exo.Engine.Chat.Jinja.Statement;

namespace Exo.Engine.Chat.Jinja;

/// <summary>Reads the statements of a template.</summary>
internal sealed class TemplateParser(List<Lexeme> lexemes) : ExpressionParser(lexemes)
{
    /// <exception cref="JinjaException">The source is no template of the kind that Exo reads.</exception>
    public static Statement[] Parse(string source)
    {
        TemplateParser parser = new(new Lexer(source).Run());
        Statement[] body = parser.ParseBody();
        return parser.Current.Kind == LexemeKind.End ? body : throw parser.UnknownTag();
    }

    // Ends before a tag of these names, or at the end of the template.
    private Statement[] ParseBody(params ReadOnlySpan<string> ends)
    {
        Enter();
        List<Statement> body = [];
        while (Current.Kind != LexemeKind.End)
        {
            Lexeme at = Take();
            if (at.Kind == LexemeKind.Data)
            {
                body.Add(new Data(at.Text, at.Line, at.Column));
            }
            else if (at.Kind == LexemeKind.PrintBegin)
            {
                body.Add(new Print(ParseTuple(), at.Line, at.Column));
                ExpectEnd(LexemeKind.PrintEnd);
            }
            else
            {
                if (Current.Kind == LexemeKind.Name && ends.Contains(Current.Text))
                {
                    break;
                }

                body.Add(ParseStatement());
            }
        }

        if (ends.Length > 0 && Current.Kind == LexemeKind.End)
        {
            throw Unexpected($"\"{ends[^1]}\"");
        }

        Leave();
        return [.. body];
    }

    // The body of a tag up to its end tag, which is taken too.
    private Statement[] ParseUntil(string end)
    {
        ExpectEnd(LexemeKind.BlockEnd);
        Statement[] body = ParseBody(end);
        Take();
        ExpectEnd(LexemeKind.BlockEnd);
        return body;
    }

    private Statement ParseStatement()
    {
        Lexeme at = Current;
        switch (ExpectName().Text)
        {
            case "if":
                return ParseIf(at);
            case "for":
                return ParseFor(at);
            case "set":
                return ParseSet(at);
            case "with":
                return ParseWith(at);
            case "macro":
                return ParseMacro(at);
            case "call":
                return ParseCall(at);
            case "filter":
                return new FilterBlock(ParseFilterChain(), ParseUntil("endfilter"), at.Line, at.Column);
            case "generation":
                return new Scoped(ParseUntil("endgeneration"), at.Line, at.Column);
            case "break":
                ExpectEnd(LexemeKind.BlockEnd);
                return new Break(at.Line, at.Column);
            case "continue":
                ExpectEnd(LexemeKind.BlockEnd);
                return new Continue(at.Line, at.Column);
            case "print":
                Expression value = ParseTuple();
                ExpectEnd(LexemeKind.BlockEnd);
                return new Print(value, at.Line, at.Column);
            case "include" or "import" or "from" or "extends":
                throw new JinjaException($"\"{at.Text}\" is not possible: a chat template stands alone", at.Line, at.Column);
            default:
                throw new JinjaException($"\"{at.Text}\" is no tag that can stand here", at.Line, at.Column);
        }
    }

    private If ParseIf(Lexeme at)
    {
        Expression test = ParseTuple(conditional: false);
        ExpectEnd(LexemeKind.BlockEnd);
        Statement[] then = ParseBody("elif", "else", "endif");
        Lexeme tag = Take();
        Statement[] otherwise = [];
        if (tag.Text == "elif")
        {
            Enter();
            otherwise = [ParseIf(tag)];
            Leave();
        }
        else if (tag.Text == "else")
        {
            otherwise = ParseUntil("endif");
        }
        else
        {
            ExpectEnd(LexemeKind.BlockEnd);
        }

        return new If(test, then, otherwise, at.Line, at.Column);
    }

    private For ParseFor(Lexeme at)
    {
        Assignee target = ParseTarget(attributes: false);
        if (!AcceptName("in"))
        {
            throw Unexpected("\"in\"");
        }

        Expression items = ParseTuple(conditional: false, () => Current.IsName("recursive"));
        Expression? test = AcceptName("if") ? ParseExpression() : null;
        bool recursive = AcceptName("recursive");
        ExpectEnd(LexemeKind.BlockEnd);
        Statement[] body = ParseBody("else", "endfor");
        Statement[] otherwise = [];
        if (Take().Text == "else")
        {
            otherwise = ParseUntil("endfor");
        }
        else
        {
            ExpectEnd(LexemeKind.BlockEnd);
        }

        return new For(target, items, test, body, otherwise, recursive, at.Line, at.Column);
    }

    private Statement ParseSet(Lexeme at)
    {
        Assignee target = ParseTarget(attributes: true);
        if (Accept("="))
        {
            Expression value = ParseTuple();
            ExpectEnd(LexemeKind.BlockEnd);
            return new Set(target, value, at.Line, at.Column);
        }

        Expression? filter = Accept("|") ? ParseFilterChain() : null;
        return new SetBlock(target, filter, ParseUntil("endset"), at.Line, at.Column);
    }

    private With ParseWith(Lexeme at)
    {
        List<(Assignee, Expression)> values = [];
        while (Current.Kind != LexemeKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                Expect(",");
            }

            Assignee target = new(ExpectName().Text, null, null);
            Expect("=");
            values.Add((target, ParseExpression()));
        }

        return new With([.. values], ParseUntil("endwith"), at.Line, at.Column);
    }

    private MacroDefinition ParseMacro(Lexeme at)
    {
        string name = ExpectName().Text;
        return new MacroDefinition(ParseMacroBody(name, "endmacro"), at.Line, at.Column);
    }

    private CallBlock ParseCall(Lexeme at)
    {
        Mentioned.Push([]);
        var parameters = Current.Is("(") ? ParseParameters() : [];
        if (ParsePostfix(ParsePrimary()) is not Expression.Call call)
        {
            throw Unexpected("a call");
        }

        Statement[] body = ParseUntil("endcall");
        return new CallBlock(call, new MacroBody("caller", parameters, body, Mentioned.Pop()), at.Line, at.Column);
    }

    private MacroBody ParseMacroBody(string name, string end)
    {
        Mentioned.Push([]);
        var parameters = ParseParameters();
        Statement[] body = ParseUntil(end);
        return new MacroBody(name, parameters, body, Mentioned.Pop());
    }

    private (string, Expression?)[] ParseParameters()
    {
        Expect("(");
        List<(string, Expression?)> parameters = [];
        while (!Current.Is(")"))
        {
            if (parameters.Count > 0)
            {
                Expect(",");
            }

            string name = ExpectName().Text;
            parameters.Add((name, Accept("=") ? ParseExpression() : null));
        }

        Expect(")");
        return [.. parameters];
    }

    private Expression ParseFilterChain()
    {
        Expression filter = ParseFilters(null);
        while (Accept("|"))
        {
            filter = ParseFilters(filter);
        }

        return filter;
    }

    private Assignee ParseTarget(bool attributes)
    {
        List<Assignee> items = [];
        bool tuple = false;
        do
        {
            if (items.Count > 0 && Current.Kind != LexemeKind.Name && !Current.Is("("))
            {
                break;
            }

            items.Add(ParseTargetItem(attributes));
            tuple |= Current.Is(",");
        }
        while (Accept(","));
        return tuple ? new Assignee(null, null, [.. items]) : items[0];
    }

    private Assignee ParseTargetItem(bool attributes)
    {
        if (Accept("("))
        {
            Enter();
            Assignee inner = ParseTarget(attributes);
            Leave();
            Expect(")");
            return inner;
        }

        Lexeme name = ExpectName();
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None")
        {
            throw new JinjaException($"\"{name.Text}\" cannot be assigned to", name.Line, name.Column);
        }

        return attributes && Accept(".") ? new Assignee(name.Text, ExpectName().Text, null) : new Assignee(name.Text, null, null);
    }

    private void ExpectEnd(LexemeKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind == LexemeKind.BlockEnd ? "the end of the tag" : "the end of the expression");
        }

        Take();
    }

    private JinjaException UnknownTag() => new($"{Current.Describe()} is no tag that can stand here", Current.Line, Current.Column);
}
