namespace Exo.Engine.Chat.Jinja;

/// <summary>What went wrong in a template, and where in its source.</summary>
internal sealed class JinjaException : Exception
{
    public JinjaException(string reason, int line = 0, int column = 0, bool raised = false)
        : base(reason) => (Line, Column, Raised) = (line, column, raised);

    public int Line { get; set; }

    public int Column { get; set; }

    /// <summary>The template itself refused, by raise_exception; the message is its own.</summary>
    public bool Raised { get; }
}
