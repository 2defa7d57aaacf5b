using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>A path element with references below it and no actor of its own.</summary>
internal sealed class VirtualPathContainer(IActorRefProvider provider, ActorPath path, IInternalActorRef parent) : MinimalActorRef
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _children = new();

    public override ActorPath Path { get; } = path;

    public override IInternalActorRef Parent { get; } = parent;

    public override IActorRefProvider Provider { get; } = provider;

    public void Add(string name, IInternalActorRef actorRef) => _children[name] = actorRef;

    public void Remove(string name) => _children.TryRemove(name, out _);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        int first = 0;
        while (first < name.Count && name[first].Length == 0)
            first++;
        if (first == name.Count)
            return this;
        if (name[first] == "..")
            return Parent.GetChild([.. name.Skip(first + 1)]);
        return _children.TryGetValue(name[first], out IInternalActorRef child) ? child.GetChild([.. name.Skip(first + 1)]) : ActorRefs.Nobody;
    }
}
