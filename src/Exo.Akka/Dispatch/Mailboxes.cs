using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The kinds of mailbox of a system: unbounded unless a props or a dispatcher names a bounded one.</summary>
public class Mailboxes
{
    private readonly Settings _settings;

    internal Mailboxes(Settings settings)
    {
        _settings = settings;
    }

    /// <summary>0 = unbounded.</summary>
    internal int CapacityOf(Props props)
    {
        string id = props.Mailbox;
        if (string.IsNullOrEmpty(id))
            return 0;
        if (!_settings.Config.HasPath(id))
            throw new ConfigurationException($"Mailbox [{id}] is not configured: add a section {id} with a mailbox-type");
        Config section = _settings.Config.GetConfig(id);
        string type = section.GetString("mailbox-type", "");
        Require(props.Type, type, id);
        if (!type.Contains("Bounded", StringComparison.Ordinal) || type.Contains("Unbounded", StringComparison.Ordinal))
            return 0;
        int capacity = section.GetInt("mailbox-capacity", 1000);
        return capacity > 0
            ? capacity
            : throw new ConfigurationException($"{id}.mailbox-capacity is {capacity}: a bounded mailbox holds at least one message");
    }

    // A stash gives messages back to the front, which takes a deque; one that calls itself unbounded must get back all it held.
    private static void Require(Type actor, string type, string id)
    {
        bool isUnbounded = typeof(IWithUnboundedStash).IsAssignableFrom(actor);
        if (!isUnbounded && !typeof(IWithStash).IsAssignableFrom(actor) && !typeof(IWithBoundedStash).IsAssignableFrom(actor))
            return;
        if (!type.Contains("Deque", StringComparison.Ordinal) || (isUnbounded && !type.Contains("Unbounded", StringComparison.Ordinal)))
            throw new ConfigurationException(
                $"{actor.Name} has a stash, which mailbox [{id}] of type [{type}] cannot serve: {(isUnbounded ? "give it an UnboundedDequeBasedMailbox, or let the actor be IWithStash" : "give it a BoundedDequeBasedMailbox")}");
    }

    /// <summary>-1 = unbounded.</summary>
    internal int StashCapacityOf(Props props)
    {
        string dispatcher = string.IsNullOrEmpty(props.Dispatcher) ? Dispatchers.DefaultDispatcherId : props.Dispatcher;
        Config section = _settings.Config.HasPath(dispatcher) ? _settings.Config.GetConfig(dispatcher) : null;
        int capacity = section?.GetInt("stash-capacity", -1) ?? -1;
        if (!string.IsNullOrEmpty(props.Mailbox) && _settings.Config.HasPath(props.Mailbox))
            capacity = _settings.Config.GetConfig(props.Mailbox).GetInt("stash-capacity", capacity);
        return capacity;
    }
}
