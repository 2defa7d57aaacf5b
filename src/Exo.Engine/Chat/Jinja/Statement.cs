namespace Exo.Engine.Chat.Jinja;

/// <summary>What can be executed.</summary>
internal abstract record Statement(int Line, int Column)
{
    public sealed record Data(string Text, int Line, int Column) : Statement(Line, Column);

    public sealed record Print(Expression Value, int Line, int Column) : Statement(Line, Column);

    public sealed record If(Expression Test, Statement[] Then, Statement[] Else, int Line, int Column) : Statement(Line, Column);

    public sealed record For(Assignee Target, Expression Items, Expression? Test, Statement[] Body, Statement[] Else, bool Recursive, int Line, int Column) : Statement(Line, Column);

    public sealed record Set(Assignee Target, Expression Value, int Line, int Column) : Statement(Line, Column);

    public sealed record SetBlock(Assignee Target, Expression? Filter, Statement[] Body, int Line, int Column) : Statement(Line, Column);

    public sealed record With((Assignee Target, Expression Value)[] Values, Statement[] Body, int Line, int Column) : Statement(Line, Column);

    public sealed record MacroDefinition(MacroBody Macro, int Line, int Column) : Statement(Line, Column);

    public sealed record CallBlock(Expression.Call Call, MacroBody Caller, int Line, int Column) : Statement(Line, Column);

    public sealed record FilterBlock(Expression Filter, Statement[] Body, int Line, int Column) : Statement(Line, Column);

    public sealed record Scoped(Statement[] Body, int Line, int Column) : Statement(Line, Column);

    public sealed record Break(int Line, int Column) : Statement(Line, Column);

    public sealed record Continue(int Line, int Column) : Statement(Line, Column);

    /// <summary>What is assigned to: names, or one attribute of a namespace.</summary>
    public sealed record Assignee(string? Name, string? Attribute, Assignee[]? Items);

    /// <summary>A macro's parameters and body; <paramref name="Names"/> are the names it mentions, which decide what else it takes.</summary>
    public sealed record MacroBody(string Name, (string Name, Expression? Default)[] Parameters, Statement[] Body, HashSet<string> Names);
}
