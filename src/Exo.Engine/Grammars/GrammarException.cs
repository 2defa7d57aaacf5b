namespace Exo.Engine.Grammars;

/// <summary>A grammar, schema or regular expression cannot constrain an output. The message names the place and the reason, and may be shown to whoever wrote it.</summary>
public sealed class GrammarException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="message">Place, reason, remedy.</param>
    public GrammarException(string message)
        : base(message)
    {
    }
}
