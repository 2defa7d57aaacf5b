namespace Akka.Dispatch.SysMsg;

public interface ISystemMessage : Akka.Actor.INoSerializationVerificationNeeded
{
}
