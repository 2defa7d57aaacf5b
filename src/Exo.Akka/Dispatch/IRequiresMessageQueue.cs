namespace Akka.Dispatch;

/// <summary>Marks an actor that needs a queue of a certain kind; every mailbox here offers all of them.</summary>
public interface IRequiresMessageQueue<T>
    where T : ISemantics
{
}
