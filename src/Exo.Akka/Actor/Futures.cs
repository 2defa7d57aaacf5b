namespace Akka.Actor;

public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null)
        => self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken)
        => self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
        => self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null)
        => self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken)
        => self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        PromiseActorRef<T> promise = Promise<T>(self, timeout, cancellationToken);
        self.Tell(message, promise);
        return promise.Task;
    }

    public static Task<T> Ask<T>(this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        PromiseActorRef<T> promise = Promise<T>(self, timeout, cancellationToken);
        self.Tell(messageFactory(promise), promise);
        return promise.Task;
    }

    private static PromiseActorRef<T> Promise<T>(ICanTell target, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        IActorRefProvider provider = target switch
        {
            ActorSelection selection => ((IInternalActorRef)selection.Anchor).Provider,
            IInternalActorRef actor => actor.Provider,
            _ => ActorCell.Current?.SystemImpl.Provider,
        } ?? throw new ArgumentException($"Cannot ask {target}: it belongs to no ActorSystem", nameof(target));
        PromiseActorRef<T> promise = new(provider);
        promise.Start(timeout ?? provider.Settings.AskTimeout, cancellationToken);
        return promise;
    }
}
