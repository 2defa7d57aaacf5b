namespace Akka.Event;

/// <summary>A template and its arguments; the text is made when someone reads it.</summary>
public abstract class LogMessage
{
    private protected readonly ILogMessageFormatter Formatter;

    private protected LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    public string Format { get; }

    public abstract IEnumerable<object> Parameters();
}
