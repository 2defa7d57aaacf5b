namespace Akka.Actor;

public interface IActorStash
{
    IStash Stash { get; set; }
}
