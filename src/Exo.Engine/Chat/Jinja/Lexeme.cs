namespace Exo.Engine.Chat.Jinja;

/// <summary>Kinds of what the lexer finds.</summary>
internal enum LexemeKind
{
    Data,
    BlockBegin,
    BlockEnd,
    PrintBegin,
    PrintEnd,
    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>One token of a template's source.</summary>
internal readonly record struct Lexeme(LexemeKind Kind, string Text, int Line, int Column)
{
    public bool Is(string @operator) => Kind == LexemeKind.Operator && Text == @operator;

    public bool IsName(string name) => Kind == LexemeKind.Name && Text == name;

    public string Describe() => Kind switch
    {
        LexemeKind.End => "the end of the template",
        LexemeKind.BlockEnd => "the end of the tag",
        LexemeKind.PrintEnd => "the end of the expression",
        LexemeKind.Data => "text",
        _ => $"\"{(Text.Length > 40 ? Text[..40] + "…" : Text)}\"",
    };
}
