namespace Akka.Event;

public interface ILoggerMessageQueueSemantics : Dispatch.ISemantics
{
}
