using Akka.Actor;
using Exo.Actors.Protocol;

namespace Exo.Actors.Shards;

/// <summary>The actors behind owners' names, each resolved once.</summary>
internal sealed class OwnerRefs(ActorSystem system)
{
    private const int Most = 1024;
    private readonly Dictionary<OwnerName, IActorRef> _refs = [];

    public IActorRef this[OwnerName owner]
    {
        get
        {
            if (!_refs.TryGetValue(owner, out IActorRef? known))
            {
                known = Addresses.Resolve(system, owner.Address, owner.Path);
                if (_refs.Count > Most)
                {
                    _refs.Clear();
                }

                _refs[owner] = known;
            }

            return known;
        }
    }

    public void Forget(OwnerName owner) => _refs.Remove(owner);
}
