using System.Collections;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>References by a type that names them; whoever asks before the registration may wait for it.</summary>
public class ActorRegistry : IActorRegistry, IExtension
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, IActorRef> _actors = [];
    private readonly Dictionary<Type, List<TaskCompletionSource<IActorRef>>> _waiters = [];

    public static ActorRegistry For(ActorSystem actorSystem) => actorSystem.WithExtension<ActorRegistry, ActorRegistryExtension>();

    public void Register<TKey>(IActorRef actor, bool overwrite = false)
    {
        if (!TryRegister<TKey>(actor, overwrite))
            throw new DuplicateActorRegistryException($"An actor is already registered as {typeof(TKey)}: pass overwrite to replace it");
    }

    public bool TryRegister<TKey>(IActorRef actor, bool overwrite = false) => TryRegister(typeof(TKey), actor, overwrite);

    public bool TryRegister(Type key, IActorRef actor, bool overwrite = false)
    {
        if (actor is null)
            throw new ArgumentNullException(nameof(actor), $"Cannot register null as {key}");
        List<TaskCompletionSource<IActorRef>> waiters;
        lock (_lock)
        {
            if (overwrite)
                _actors[key] = actor;
            else if (!_actors.TryAdd(key, actor))
                return false;
            _waiters.Remove(key, out waiters);
        }

        foreach (TaskCompletionSource<IActorRef> waiter in waiters ?? [])
            waiter.TrySetResult(actor);
        return true;
    }

    public IActorRef Get<TKey>() => TryGet<TKey>(out IActorRef actor)
        ? actor
        : throw new MissingActorRegistryEntryException($"No actor is registered as {typeof(TKey)}");

    public bool TryGet<TKey>(out IActorRef actor) => TryGet(typeof(TKey), out actor);

    public bool TryGet(Type key, out IActorRef actor)
    {
        lock (_lock)
        {
            if (_actors.TryGetValue(key, out actor))
                return true;
        }

        actor = ActorRefs.Nobody;
        return false;
    }

    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default) => GetAsync(typeof(TKey), ct);

    public Task<IActorRef> GetAsync(Type key, CancellationToken ct = default)
    {
        TaskCompletionSource<IActorRef> waiter;
        lock (_lock)
        {
            if (_actors.TryGetValue(key, out IActorRef known))
                return Task.FromResult(known);
            if (!_waiters.TryGetValue(key, out List<TaskCompletionSource<IActorRef>> waiters))
                _waiters.Add(key, waiters = []);
            waiters.Add(waiter = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return waiter.Task.WaitAsync(ct);
    }

    public IEnumerator<KeyValuePair<Type, IActorRef>> GetEnumerator()
    {
        lock (_lock)
            return ((IEnumerable<KeyValuePair<Type, IActorRef>>)[.. _actors]).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
