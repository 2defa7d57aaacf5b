using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Two queues and the right to run an actor. Producers append without locks: user messages to a linked queue with one exchange,
/// system messages to a stack that the consumer reverses. Exactly one thread consumes at a time, guarded by <see cref="_scheduled"/>.
/// </summary>
/// <remarks>
/// Wake-ups are never lost: a producer publishes (full fence) before it reads <see cref="_scheduled"/>; the consumer clears
/// <see cref="_scheduled"/> (full fence) before it looks at the queues once more.
/// </remarks>
internal sealed class Mailbox : IThreadPoolWorkItem
{
    private static readonly SystemMessage s_closed = new Create();

    private readonly ActorCell _cell;
    private readonly MessageDispatcher _dispatcher;
    private readonly int _capacity;
    private readonly Lock _drainLock = new();

    private MailboxNode _head;
    private MailboxNode _tail;
    private MailboxNode _front;
    private SystemMessage _system;
    private int _scheduled;
    private volatile int _suspended;
    private int _bounded;

    public Mailbox(ActorCell cell, MessageDispatcher dispatcher, int capacity)
    {
        _cell = cell;
        _dispatcher = dispatcher;
        _capacity = capacity;
        _head = _tail = new MailboxNode(null, null);
    }

    public MessageDispatcher Dispatcher => _dispatcher;

    public bool IsClosed => ReferenceEquals(Volatile.Read(ref _system), s_closed);

    /// <summary>Approximate, for diagnosis: walks the queue.</summary>
    public int CountMessages()
    {
        int count = 0;
        for (MailboxNode node = _front; node is not null; node = node.Next)
            count++;
        for (MailboxNode node = _tail.Next; node is not null; node = node.Next)
            count++;
        return count;
    }

    /// <param name="message">What is told.</param>
    /// <param name="sender">Who tells it.</param>
    /// <param name="wakeUps">Takes the wake-up, if one is needed, for the caller to give later; null: it is given at once.</param>
    public void Post(object message, IActorRef sender, WakeUps wakeUps = null)
    {
        if (_capacity > 0 && Interlocked.Increment(ref _bounded) > _capacity)
        {
            Interlocked.Decrement(ref _bounded);
            _cell.Overflowed(message, sender, _capacity);
            return;
        }

        MailboxNode node = new(message, sender);
        MailboxNode previous = Interlocked.Exchange(ref _head, node);
        previous.Next = node;
        if (_suspended == 0 && Volatile.Read(ref _scheduled) == 0)
        {
            if (wakeUps is null)
                Schedule();
            else if (Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
                wakeUps.Add(this);
        }

        if (IsClosed)
            DrainUserMessages();
    }

    public void PostSystem(SystemMessage message)
    {
        while (true)
        {
            SystemMessage top = Volatile.Read(ref _system);
            if (ReferenceEquals(top, s_closed))
            {
                _cell.SystemMessageAfterEnd(message);
                return;
            }

            message.Next = top;
            if (ReferenceEquals(Interlocked.CompareExchange(ref _system, message, top), top))
                break;
        }

        Schedule();
    }

    /// <summary>Puts messages at the head of the queue, first one first. Only on the actor's own turn.</summary>
    public void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        for (int i = envelopes.Count - 1; i >= 0; i--)
            _front = new MailboxNode(envelopes[i].Message, envelopes[i].Sender) { Next = _front };
        if (_capacity > 0)
            Interlocked.Add(ref _bounded, envelopes.Count);
    }

    /// <summary>User messages wait until as many <see cref="Resume"/> calls follow. Only on the actor's own turn.</summary>
    public void Suspend() => _suspended++;

    public void Resume()
    {
        if (_suspended > 0)
            _suspended--;
    }

    /// <summary>From now on every message goes to the dead letters. Only on the actor's own turn.</summary>
    public void Close()
    {
        SystemMessage rest = Reverse(Interlocked.Exchange(ref _system, s_closed));
        while (rest is not null)
        {
            SystemMessage next = rest.Next;
            rest.Next = null;
            _cell.SystemMessageAfterEnd(rest);
            rest = next;
        }

        DrainUserMessages();
    }

    public void Execute()
    {
        bool rescheduled = false;
        if (!IsClosed)
        {
            ActorCell outer = ActorCell.Enter(_cell);
            try
            {
                ProcessSystemMessages();
                ProcessUserMessages();
            }
            finally
            {
                ActorCell.Leave(outer);
                Interlocked.Exchange(ref _scheduled, 0);
                rescheduled = HasWork();
            }
        }

        if (rescheduled)
            Schedule(again: true);
    }

    private void Schedule(bool again = false)
    {
        if (Volatile.Read(ref _scheduled) == 0 && Interlocked.CompareExchange(ref _scheduled, 1, 0) == 0)
            _dispatcher.Execute(this, again);
    }

    private bool HasWork()
    {
        SystemMessage top = Volatile.Read(ref _system);
        if (top is not null)
            return !ReferenceEquals(top, s_closed);
        return _suspended == 0 && (_front is not null || !ReferenceEquals(Volatile.Read(ref _head), _tail));
    }

    private void ProcessUserMessages()
    {
        int left = _dispatcher.Throughput;
        while (_suspended == 0 && !IsClosed)
        {
            MailboxNode node = TakeUserMessage();
            if (node is null)
                return;
            _cell.Invoke(node.Message, node.Sender);
            if (Volatile.Read(ref _system) is not null)
                ProcessSystemMessages();
            if (--left <= 0)
                return;
        }
    }

    private void ProcessSystemMessages()
    {
        while (true)
        {
            SystemMessage top = Volatile.Read(ref _system);
            if (top is null || ReferenceEquals(top, s_closed))
                return;
            if (!ReferenceEquals(Interlocked.CompareExchange(ref _system, null, top), top))
                continue;
            SystemMessage message = Reverse(top);
            while (message is not null)
            {
                SystemMessage next = message.Next;
                message.Next = null;
                if (IsClosed)
                    _cell.SystemMessageAfterEnd(message);
                else
                    _cell.InvokeSystem(message);
                message = next;
            }
        }
    }

    private static SystemMessage Reverse(SystemMessage top)
    {
        SystemMessage reversed = null;
        while (top is not null)
        {
            SystemMessage next = top.Next;
            top.Next = reversed;
            reversed = top;
            top = next;
        }

        return reversed;
    }

    private MailboxNode TakeUserMessage()
    {
        MailboxNode node = _front;
        if (node is not null)
        {
            _front = node.Next;
        }
        else
        {
            node = _tail.Next;
            if (node is null)
            {
                if (ReferenceEquals(Volatile.Read(ref _head), _tail))
                    return null;
                node = AwaitLink(_tail);
            }

            _tail = node;
        }

        if (_capacity > 0)
            Interlocked.Decrement(ref _bounded);
        return node;
    }

    // A producer is between its exchange and its link; it is two instructions away from done.
    private static MailboxNode AwaitLink(MailboxNode node)
    {
        SpinWait spin = default;
        MailboxNode next;
        while ((next = node.Next) is null)
            spin.SpinOnce();
        return next;
    }

    // Two threads may get here once the mailbox is closed: the one that closed it and a producer that came too late.
    private void DrainUserMessages()
    {
        lock (_drainLock)
        {
            for (MailboxNode node = TakeUserMessage(); node is not null; node = TakeUserMessage())
                _cell.MessageAfterEnd(node.Message, node.Sender);
        }
    }
}
