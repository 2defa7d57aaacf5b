namespace Akka.Actor;

public static class WatchAsyncSupport
{
    public static Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target is IInternalActorRef actor
            ? DeathOf.Target(actor, token)
            : throw new InvalidOperationException($"{target} is not an actor reference of an ActorSystem: it cannot be watched");
    }
}
