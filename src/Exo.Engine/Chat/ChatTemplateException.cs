namespace Exo.Engine.Chat;

/// <summary>A chat template cannot be read or refuses a conversation. The message names chat_template, line, column and reason.</summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(string reason, int line, int column, bool raised, Exception cause)
        : base(raised ? $"The model's chat template refuses the conversation: {reason}" : $"chat_template, line {line}, column {column}: {reason}.", cause) =>
        (Reason, Line, Column, IsRefusal) = (reason, line, column, raised);

    /// <summary>What went wrong; for a refusal the template's own words.</summary>
    public string Reason { get; }

    /// <summary>Line in the template, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in the template, from 1.</summary>
    public int Column { get; }

    /// <summary>The template itself refused the conversation (raise_exception): the caller's messages are at fault, not the file.</summary>
    public bool IsRefusal { get; }
}
