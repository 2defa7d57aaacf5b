namespace Akka.Actor;

/// <summary>Messages put aside; they return to the head of the mailbox in order of arrival.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
{
    private readonly LinkedList<Envelope> _stashed = new();
    private long _lastStashedId = -1;

    public int Count => _stashed.Count;

    public bool IsEmpty => _stashed.Count == 0;

    public bool NonEmpty => _stashed.Count > 0;

    public bool IsFull => capacity >= 0 && _stashed.Count >= capacity;

    public int Capacity => capacity;

    public void Stash()
    {
        object message = cell.CurrentMessage
            ?? throw new IllegalActorStateException("There is no message to stash: Stash may only be called while a message is handled");
        if (NonEmpty && _lastStashedId == cell.CurrentMessageId)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
        if (IsFull)
            throw new StashOverflowException($"Couldn't stash {message}: the stash is full ({capacity} messages)");
        _stashed.AddLast(new Envelope(message, cell.CurrentSender));
        _lastStashedId = cell.CurrentMessageId;
    }

    public void Unstash()
    {
        if (_stashed.First is not { } first)
            return;
        _stashed.RemoveFirst();
        cell.Mailbox.Prepend([first.Value]);
    }

    public void UnstashAll() => ReturnAll();

    public void UnstashAll(Func<Envelope, bool> predicate) => cell.Mailbox.Prepend([.. ClearStash().Where(predicate)]);

    public IEnumerable<Envelope> ClearStash()
    {
        Envelope[] all = [.. _stashed];
        _stashed.Clear();
        return all;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        Envelope[] given = [.. envelopes];
        if (capacity >= 0 && _stashed.Count + given.Length > capacity)
            throw new StashOverflowException($"Couldn't prepend {given.Length} messages: the stash holds {_stashed.Count} of {capacity}");
        foreach (Envelope envelope in given.Reverse())
            _stashed.AddFirst(envelope);
    }

    internal void ReturnAll()
    {
        if (NonEmpty)
            cell.Mailbox.Prepend([.. ClearStash()]);
    }
}
