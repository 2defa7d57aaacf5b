namespace Akka.Actor;

/// <summary>An entry of a scheduler that can be taken out before it is due.</summary>
internal interface IScheduledWork
{
    void Remove();
}
