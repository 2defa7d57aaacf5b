using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

internal sealed partial class ActorCell
{
    private Dictionary<IActorRef, object> _watching;
    private Dictionary<IActorRef, object> _terminatedQueued;
    private HashSet<IActorRef> _watchedBy;

    public IActorRef Watch(IActorRef subject) => StartWatch(subject, message: null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return StartWatch(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        IInternalActorRef target = (IInternalActorRef)subject;
        if (!subject.Equals(Self) && FindWatched(_watching, subject) is { } watched)
        {
            target.SendSystemMessage(new Unwatch(target, Self));
            _watching.Remove(watched);
        }

        if (FindWatched(_terminatedQueued, subject) is { } queued)
            _terminatedQueued.Remove(queued);
        return subject;
    }

    private IActorRef StartWatch(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(subject);
        IInternalActorRef target = (IInternalActorRef)subject;
        if (!subject.Equals(Self) && FindWatched(_watching, subject) is null)
        {
            (_watching ??= [])[subject] = message;
            target.SendSystemMessage(new Watch(target, Self));
        }

        return subject;
    }

    // A reference made from a path without uid stands for whichever incarnation answers.
    private static IActorRef FindWatched(Dictionary<IActorRef, object> table, IActorRef subject)
    {
        if (table is null || table.Count == 0)
            return null;
        if (table.ContainsKey(subject))
            return subject;
        foreach (IActorRef candidate in table.Keys)
        {
            if ((candidate.Path.Uid == ActorPath.UndefinedUid || subject.Path.Uid == ActorPath.UndefinedUid) && candidate.Path.Equals(subject.Path))
                return candidate;
        }

        return null;
    }

    private void ReceiveTerminated(Terminated terminated)
    {
        // Absent: unwatched after it was queued.
        if (_terminatedQueued is null || !_terminatedQueued.Remove(terminated.ActorRef, out object custom))
            return;
        if (custom is not null)
            _message = custom;
        ReceiveMessage(custom ?? terminated);
    }

    private void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        if (FindWatched(_watching, actor) is { } watched)
        {
            _watching.Remove(watched, out object custom);
            if (_waiting != WaitingFor.Termination)
            {
                (_terminatedQueued ??= [])[actor] = custom;
                Self.Tell(new Terminated(actor, existenceConfirmed, addressTerminated), actor);
            }
        }

        HandleChildTerminated(actor);
    }

    private void AddWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        bool watcheeIsSelf = watchee.Equals(Self);
        bool watcherIsSelf = watcher.Equals(Self);
        if (watcheeIsSelf && !watcherIsSelf)
            (_watchedBy ??= []).Add(watcher);
        else if (!watcheeIsSelf && watcherIsSelf)
            Watch(watchee);
    }

    private void RemoveWatcher(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        bool watcheeIsSelf = watchee.Equals(Self);
        bool watcherIsSelf = watcher.Equals(Self);
        if (watcheeIsSelf && !watcherIsSelf)
            _watchedBy?.Remove(watcher);
        else if (!watcheeIsSelf && watcherIsSelf)
            Unwatch(watchee);
    }

    private void TellWatchers()
    {
        if (_watchedBy is null)
            return;
        // Remote watchers first, as the last local one may end the system that sends.
        foreach (IActorRef watcher in _watchedBy.OrderBy(watcher => ((IActorRefScope)watcher).IsLocal))
        {
            if (!watcher.Equals(Parent))
                ((IInternalActorRef)watcher).SendSystemMessage(new DeathWatchNotification(Self, existenceConfirmed: true, addressTerminated: false));
        }

        _watchedBy = null;
    }

    private void UnwatchAll()
    {
        if (_watching is null)
            return;
        foreach (IActorRef watched in _watching.Keys)
        {
            IInternalActorRef target = (IInternalActorRef)watched;
            target.SendSystemMessage(new Unwatch(target, Self));
        }

        _watching = null;
        _terminatedQueued = null;
    }
}
