using Akka.Actor;

namespace Akka.Hosting;

public sealed class RequiredActor<TActor> : IRequiredActor<TActor>
{
    private readonly IReadOnlyActorRegistry _registry;
    private IActorRef _actor;

    public RequiredActor(IReadOnlyActorRegistry registry)
    {
        _registry = registry;
    }

    public IActorRef ActorRef => _actor ??= _registry.Get<TActor>();

    public async Task<IActorRef> GetAsync(CancellationToken cancellationToken = default)
        => _actor ??= await _registry.GetAsync<TActor>(cancellationToken).ConfigureAwait(false);
}
