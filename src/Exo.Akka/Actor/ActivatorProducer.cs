using System.Reflection;

namespace Akka.Actor;

/// <summary>Makes an actor with the constructor that fits the arguments.</summary>
internal sealed class ActivatorProducer(Type actorType, object[] arguments) : IIndirectActorProducer
{
    public Type ActorType { get; } = actorType;

    public ActorBase Produce()
    {
        try
        {
            return (ActorBase)Activator.CreateInstance(
                ActorType,
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions,
                binder: null,
                arguments,
                culture: null);
        }
        catch (MissingMethodException cause)
        {
            string types = string.Join(", ", arguments.Select(argument => argument?.GetType().ToString() ?? "null"));
            throw new TypeLoadException($"No constructor of {ActorType} takes ({types})", cause);
        }
    }

    public void Release(ActorBase actor)
    {
    }
}
