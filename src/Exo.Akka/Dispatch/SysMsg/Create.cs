namespace Akka.Dispatch.SysMsg;

internal sealed class Create : SystemMessage
{
}
