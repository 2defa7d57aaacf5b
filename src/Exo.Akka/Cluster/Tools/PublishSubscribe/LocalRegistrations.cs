using Akka.Actor;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>The actors behind this node's registrations.</summary>
internal sealed class LocalRegistrations
{
    private readonly Dictionary<Registration, List<IActorRef>> _actors = [];

    public IReadOnlyList<IActorRef> For(Registration registration) => _actors.TryGetValue(registration, out List<IActorRef> actors) ? actors : [];

    public bool Has(IActorRef actor) => _actors.Values.Any(actors => actors.Contains(actor));

    public void Add(Registration registration, IActorRef actor)
    {
        if (!_actors.TryGetValue(registration, out List<IActorRef> actors))
            _actors[registration] = actors = [];
        // A path has one actor: a new incarnation takes the place of the old one.
        if (registration.Kind == RegistrationKind.Path)
            actors.Clear();
        if (!actors.Contains(actor))
            actors.Add(actor);
    }

    /// <returns>Whether the registration has no actor left.</returns>
    public bool Remove(Registration registration, IActorRef actor)
    {
        if (!_actors.TryGetValue(registration, out List<IActorRef> actors))
            return false;
        actors.Remove(actor);
        return actors.Count == 0 && _actors.Remove(registration);
    }

    /// <returns>The registrations that have no actor left.</returns>
    public IEnumerable<Registration> RemoveEverywhere(IActorRef actor) => [.. _actors.Keys.ToArray().Where(registration => Remove(registration, actor))];
}
