namespace Akka.Dispatch.SysMsg;

internal sealed class RegisterTerminationHook
{
    public static RegisterTerminationHook Instance { get; } = new();
}
