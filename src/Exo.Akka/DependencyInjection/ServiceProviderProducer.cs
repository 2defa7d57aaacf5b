using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

/// <summary>Makes each incarnation with the given arguments and, for the rest of the constructor, the container's services.</summary>
internal sealed class ServiceProviderProducer(IServiceProvider provider, Type actorType, object[] arguments) : IIndirectActorProducer
{
    public Type ActorType { get; } = actorType;

    public ActorBase Produce() => (ActorBase)ActivatorUtilities.CreateInstance(provider, ActorType, arguments);

    public void Release(ActorBase actor)
    {
    }
}
