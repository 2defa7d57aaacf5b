namespace Akka.Dispatch.SysMsg;

internal sealed class TerminationHook
{
    public static TerminationHook Instance { get; } = new();
}
