using System.Threading.Channels;
using Akka.Actor;
using Xunit;

namespace Akka.Tests.Kit;

/// <summary>An actor that keeps what it gets for the test to read, and does what the test tells it.</summary>
public sealed class Probe
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);
    private readonly Channel<Envelope> _received = Channel.CreateUnbounded<Envelope>();

    public Probe(IActorRefFactory factory)
    {
        Channel<Envelope> received = _received;
        Ref = factory.ActorOf(Props.Create(() => new ProbeActor(received)));
    }

    public IActorRef Ref { get; }

    public IActorRef LastSender { get; private set; }

    public async Task<T> Expect<T>()
    {
        using CancellationTokenSource deadline = new(s_longest);
        try
        {
            Envelope envelope = await _received.Reader.ReadAsync(deadline.Token);
            LastSender = envelope.Sender;
            return Assert.IsAssignableFrom<T>(envelope.Message);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No message within {s_longest.TotalSeconds} s; expected a {typeof(T).Name}");
        }
    }

    public async Task Expect(params object[] messages)
    {
        foreach (object message in messages)
            Assert.Equal(message, await Expect<object>());
    }

    /// <summary>What has come and was not read yet; reads it.</summary>
    public IReadOnlyList<Envelope> Unread()
    {
        List<Envelope> unread = [];
        while (_received.Reader.TryRead(out Envelope envelope))
            unread.Add(envelope);
        return unread;
    }

    /// <summary>Everything told before this call has been received when the returned task ends; none of it is left unread.</summary>
    public async Task ExpectNothingMore()
    {
        object marker = new();
        Ref.Tell(marker, ActorRefs.NoSender);
        Assert.Same(marker, await Expect<object>());
    }

    /// <summary>Runs on the probe's turn.</summary>
    public Task Do(Action<IUntypedActorContext> action)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Ref.Tell(new Work(action, done), ActorRefs.NoSender);
        return done.Task;
    }

    private sealed record Work(Action<IUntypedActorContext> Action, TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    private sealed class ProbeActor(Channel<Envelope> received) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not Work work)
            {
                received.Writer.TryWrite(new Envelope(message, Sender));
                return;
            }

            try
            {
                work.Action(Context);
                work.Done.SetResult();
            }
            catch (Exception cause)
            {
                work.Done.SetException(cause);
            }
        }
    }
}
