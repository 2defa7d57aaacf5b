using Akka.Actor;

namespace Akka.Event;

/// <summary>Writes log events to the console; there before any actor is.</summary>
internal sealed class StandardOutLogger : MinimalActorRef
{
    public static readonly StandardOutLogger Instance = new();

    private StandardOutLogger()
    {
    }

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/StandardOutLogger");

    public override IActorRefProvider Provider => throw new NotSupportedException("The console logger has no provider");

    protected override void TellInternal(object message, IActorRef sender) => Console.Out.WriteLine(message.ToString());
}
