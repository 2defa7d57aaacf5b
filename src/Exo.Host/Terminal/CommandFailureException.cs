namespace Exo.Host.Terminal;

/// <summary>A command cannot go on; the message is a finished sentence with the remedy, shown without a stack.</summary>
internal sealed class CommandFailureException : Exception
{
    public CommandFailureException(string message, int exitCode = Terminal.ExitCode.Failure)
        : base(message) => ExitCode = exitCode;

    public CommandFailureException(string message, Exception inner)
        : base(message, inner) => ExitCode = Terminal.ExitCode.Failure;

    public int ExitCode { get; }
}
