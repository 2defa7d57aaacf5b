using Akka.Actor;

namespace Akka.Remote;

/// <summary>A number that tells this start of the actor system from every other at the same address.</summary>
public class AddressUid : IExtension
{
    public readonly int Uid = Random.Shared.Next(1, int.MaxValue);
}
