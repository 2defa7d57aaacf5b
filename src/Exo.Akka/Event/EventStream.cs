namespace Akka.Event;

/// <summary>The system's own publish and subscribe.</summary>
public class EventStream : LoggingBus
{
    public EventStream(bool debug)
    {
        _ = debug;
    }
}
