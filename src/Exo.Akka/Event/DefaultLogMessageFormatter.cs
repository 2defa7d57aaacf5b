using System.Globalization;

namespace Akka.Event;

/// <summary>Numbered holes: {0}, {1}.</summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    private protected DefaultLogMessageFormatter()
    {
    }

    public string Format(string format, params object[] args)
    {
        if (args is null || args.Length == 0)
            return format;
        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (FormatException)
        {
            // A bad template must not cost the message.
            return $"{format} ({string.Join(", ", args)})";
        }
    }

    public string Format(string format, IEnumerable<object> args) => Format(format, [.. args]);
}
