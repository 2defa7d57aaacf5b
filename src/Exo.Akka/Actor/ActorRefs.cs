namespace Akka.Actor;

public static class ActorRefs
{
    public static readonly Nobody Nobody = new();

    public static readonly IActorRef NoSender;
}
