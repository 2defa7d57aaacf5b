using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>Who watches whom across nodes. When an address has ended, the watchers here are told and the watches from there are forgotten.</summary>
internal sealed class RemoteWatches
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Address, HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)>> _outgoing = [];
    private readonly Dictionary<Address, HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)>> _incoming = [];
    private readonly RemoteActorRefProvider _provider;

    public RemoteWatches(RemoteActorRefProvider provider) => _provider = provider;

    /// <summary>Addresses with watched actors have changed.</summary>
    public event Action Changed;

    public Address[] WatchedAddresses
    {
        get
        {
            lock (_gate)
                return [.. _outgoing.Keys];
        }
    }

    /// <summary>Takes note of what goes out; false when it need not go out.</summary>
    public bool Sending(RemoteActorRef recipient, ISystemMessage message)
    {
        Address address = recipient.Path.Address;
        switch (message)
        {
            case Watch watch:
                if (_provider.Transport.AssociationWith(address).IsQuarantined)
                {
                    watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: true));
                    return false;
                }

                Add(_outgoing, address, (watch.Watchee, watch.Watcher));
                Changed?.Invoke();
                return true;
            case Unwatch unwatch:
                if (Remove(_outgoing, address, (unwatch.Watchee, unwatch.Watcher)))
                    Changed?.Invoke();
                return true;
            default:
                return true;
        }
    }

    /// <summary>Takes note of what comes in; false when nobody waits for it any more.</summary>
    public bool Received(Address from, IInternalActorRef recipient, ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch when recipient is LocalActorRef:
                Add(_incoming, from, (recipient, watch.Watcher));
                return true;
            case Watch watch:
                // Nobody lives at that path: the watcher is told at once, as for an actor that has stopped.
                watch.Watcher.SendSystemMessage(new DeathWatchNotification(recipient, existenceConfirmed: false, addressTerminated: false));
                return false;
            case Unwatch unwatch:
                Remove(_incoming, from, (recipient, unwatch.Watcher));
                return recipient is LocalActorRef;
            case DeathWatchNotification ended:
                if (Remove(_outgoing, from, (ended.Actor as IInternalActorRef, recipient)))
                    Changed?.Invoke();
                return true;
            default:
                return true;
        }
    }

    public void AddressTerminated(Address address)
    {
        HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)> watched;
        HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)> watching;
        lock (_gate)
        {
            _outgoing.Remove(address, out watched);
            _incoming.Remove(address, out watching);
        }

        foreach ((IInternalActorRef watchee, IInternalActorRef watcher) in watched ?? [])
            watcher.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true));
        foreach ((IInternalActorRef watchee, IInternalActorRef watcher) in watching ?? [])
            watchee.SendSystemMessage(new Unwatch(watchee, watcher));
        Changed?.Invoke();
    }

    private void Add(
        Dictionary<Address, HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)>> table, Address address, (IInternalActorRef Watchee, IInternalActorRef Watcher) pair)
    {
        lock (_gate)
        {
            if (!table.TryGetValue(address, out HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)> pairs))
                table[address] = pairs = [];
            pairs.Add(pair);
        }
    }

    private bool Remove(
        Dictionary<Address, HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)>> table, Address address, (IInternalActorRef Watchee, IInternalActorRef Watcher) pair)
    {
        lock (_gate)
        {
            if (!table.TryGetValue(address, out HashSet<(IInternalActorRef Watchee, IInternalActorRef Watcher)> pairs))
                return false;

            // A watch made by path, without uid, is answered with the full reference.
            pairs.RemoveWhere(p => p.Watcher.Equals(pair.Watcher) && pair.Watchee is not null && p.Watchee.Path.Equals(pair.Watchee.Path)
                && (p.Watchee.Path.Uid == pair.Watchee.Path.Uid || p.Watchee.Path.Uid == ActorPath.UndefinedUid || pair.Watchee.Path.Uid == ActorPath.UndefinedUid));
            return pairs.Count == 0 && table.Remove(address);
        }
    }
}
