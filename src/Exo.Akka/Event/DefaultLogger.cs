using Akka.Actor;

namespace Akka.Event;

/// <summary>The logger of the default configuration: the console.</summary>
public class DefaultLogger : ActorBase, Dispatch.IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized(), Self);
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => Console.Out.WriteLine(logEvent.ToString());
}
