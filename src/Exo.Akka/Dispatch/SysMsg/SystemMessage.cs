namespace Akka.Dispatch.SysMsg;

/// <summary>A message of the runtime itself. An instance is a link of one mailbox's queue: send a fresh one each time.</summary>
public abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage Next;

    private protected SystemMessage()
    {
    }
}
