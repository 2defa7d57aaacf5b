namespace Akka.Event;

/// <summary>What one subscriber hears: a type brings its subtypes and implementers along, and can be taken back for a subtype alone.</summary>
internal sealed class Channels
{
    /// <summary>Each type that was subscribed to, with the subtypes that were taken back from it.</summary>
    private readonly Dictionary<Type, HashSet<Type>> _subscriptions = [];

    public bool IsEmpty => _subscriptions.Count == 0;

    public bool Cover(Type eventType)
        => _subscriptions.Any(entry => entry.Key.IsAssignableFrom(eventType) && !entry.Value.Any(taken => taken.IsAssignableFrom(eventType)));

    public bool Add(Type channel) => _subscriptions.TryAdd(channel, []);

    public bool Remove(Type channel)
    {
        if (_subscriptions.Remove(channel))
            return true;
        bool isTakenBack = false;
        foreach ((Type subscribed, HashSet<Type> taken) in _subscriptions)
            isTakenBack |= subscribed.IsAssignableFrom(channel) && taken.Add(channel);
        return isTakenBack;
    }
}
