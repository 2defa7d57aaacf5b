namespace Akka.Dispatch;

public interface IBoundedMessageQueueSemantics : ISemantics
{
}
