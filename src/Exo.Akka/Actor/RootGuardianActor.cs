namespace Akka.Actor;

/// <summary>Ends when the system guardian has ended.</summary>
internal sealed class RootGuardianActor : ActorBase
{
    public static readonly SupervisorStrategy Strategy = new OneForOneStrategy(_ => Directive.Stop);

    protected override bool Receive(object message)
    {
        if (message is Terminated)
            Context.Stop(Self);
        return true;
    }
}
