namespace Akka.Dispatch.SysMsg;

internal sealed class TerminationHookDone
{
    public static TerminationHookDone Instance { get; } = new();
}
