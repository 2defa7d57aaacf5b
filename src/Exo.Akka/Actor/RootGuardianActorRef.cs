using System.Collections.Concurrent;
using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>The root of all paths of a process; it also knows the names that are no actors.</summary>
internal sealed class RootGuardianActorRef(ActorSystemImpl system, Props props, IInternalActorRef parent, ActorPath path, IInternalActorRef deadLetters)
    : LocalActorRef(system, props, parent, path)
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _extraNames = new() { ["deadLetters"] = deadLetters };

    public override IInternalActorRef Parent => this;

    public void AddExtraName(string name, IInternalActorRef container) => _extraNames[name] = container;

    public override IInternalActorRef GetSingleChild(string name)
        => _extraNames.TryGetValue(name, out IInternalActorRef extra) ? extra : base.GetSingleChild(name);
}
