namespace Exo.Engine.Chat.Jinja;

/// <summary>What can be evaluated.</summary>
internal abstract record Expression(int Line, int Column)
{
    public sealed record Constant(object? Value, int Line, int Column) : Expression(Line, Column);

    public sealed record Name(string Text, int Line, int Column) : Expression(Line, Column);

    public sealed record Sequence(Expression[] Items, bool IsTuple, int Line, int Column) : Expression(Line, Column);

    public sealed record Mapping((Expression Key, Expression Value)[] Items, int Line, int Column) : Expression(Line, Column);

    public sealed record Unary(string Operator, Expression Operand, int Line, int Column) : Expression(Line, Column);

    public sealed record Binary(string Operator, Expression Left, Expression Right, int Line, int Column) : Expression(Line, Column);

    public sealed record Concatenation(Expression[] Items, int Line, int Column) : Expression(Line, Column);

    public sealed record Comparison(Expression First, (string Operator, Expression Right)[] Rest, int Line, int Column) : Expression(Line, Column);

    public sealed record Condition(Expression Then, Expression Test, Expression? Else, int Line, int Column) : Expression(Line, Column);

    public sealed record Member(Expression Target, string Text, int Line, int Column) : Expression(Line, Column);

    public sealed record Item(Expression Target, Expression Key, int Line, int Column) : Expression(Line, Column);

    public sealed record Slice(Expression? Start, Expression? Stop, Expression? Step, int Line, int Column) : Expression(Line, Column);

    public sealed record Call(Expression Target, ArgumentList Arguments, int Line, int Column) : Expression(Line, Column);

    /// <summary>A filter; <paramref name="Operand"/> is null for the body of a filter block.</summary>
    public sealed record Filter(Expression? Operand, string Text, ArgumentList Arguments, int Line, int Column) : Expression(Line, Column);

    public sealed record Check(Expression Operand, string Text, ArgumentList Arguments, bool Negated, int Line, int Column) : Expression(Line, Column);

    /// <summary>What stands between the parentheses of a call.</summary>
    public sealed record ArgumentList(Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Spread, Expression? NamedSpread)
    {
        public static ArgumentList None { get; } = new([], [], null, null);
    }
}
