using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Tools.PublishSubscribe;

/// <summary>
/// Knows this node's registrations, hears of the other nodes', and carries messages between them. A message for another node goes to the
/// mediator there, so what one publisher sends to one subscriber keeps its order.
/// </summary>
internal sealed class PubSubMediator : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_pruneInterval = TimeSpan.FromSeconds(5);
    private readonly PubSubSettings _settings;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly LocalRegistrations _local = new();
    private readonly Dictionary<UniqueAddress, IActorRef> _mediators = [];
    private readonly UniqueAddress _self;
    private PubSubRegistry _registry;
    private int _next;

    public PubSubMediator(PubSubSettings settings)
    {
        _settings = settings;
        _self = _cluster.SelfUniqueAddress;
        _registry = PubSubRegistry.Of(_self);
        Registrations();
        Messages();
        Others();
    }

    public ITimerScheduler Timers { get; set; }

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer("gossip", new PubSubProtocol.GossipTick(), _settings.GossipInterval);
        Timers.StartPeriodicTimer("prune", new PubSubProtocol.PruneTick(), s_pruneInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Registrations()
    {
        Receive<Put>(put => OnPut(put.Ref));
        Receive<Remove>(remove => Remove(Registration.Path(remove.Path)));
        Receive<Subscribe>(subscribe =>
        {
            Add(Registration.Topic(subscribe.Topic, subscribe.Group), subscribe.Ref);
            Sender.Tell(new SubscribeAck(subscribe), Self);
        });
        Receive<Unsubscribe>(unsubscribe =>
        {
            if (_local.Remove(Registration.Topic(unsubscribe.Topic, unsubscribe.Group), unsubscribe.Ref))
                Change(Registration.Topic(unsubscribe.Topic, unsubscribe.Group), isThere: false);
            Unwatch(unsubscribe.Ref);
            Sender.Tell(new UnsubscribeAck(unsubscribe), Self);
        });
        Receive<Terminated>(ended =>
        {
            foreach (Registration registration in _local.RemoveEverywhere(ended.ActorRef))
                Change(registration, isThere: false);
        });
        Receive<GetTopics>(_ => Sender.Tell(new CurrentTopics(_registry.Topics.ToImmutableHashSet()), Self));
    }

    private void Messages()
    {
        Receive<Publish>(OnPublish);
        Receive<Send>(OnSend);
        Receive<SendToAll>(toAll =>
        {
            Registration path = Registration.Path(toAll.Path);
            UniqueAddress[] nodes = [.. _registry.NodesWith(path).Where(node => !toAll.ExcludeSelf || !node.Equals(_self))];
            Deliver(nodes, path, toAll.Message, toAll);
        });
        Receive<PubSubProtocol.Deliver>(deliver => DeliverHere(deliver.To, deliver.Message));
    }

    private void Others()
    {
        Receive<ClusterEvent.IMemberEvent>(OnMember);
        Receive<PubSubProtocol.Status>(OnStatus);
        Receive<PubSubProtocol.Delta>(delta => _registry = _registry.Apply(delta.Parts, _mediators.ContainsKey, Now));
        Receive<PubSubProtocol.Inspect>(_ => Sender.Tell(_registry, Self));
        Receive<PubSubProtocol.GossipTick>(_ => Gossip());
        Receive<PubSubProtocol.PruneTick>(_ => _registry = _registry.Prune(Now - _settings.RemovedTimeToLive));
    }

    private void OnPut(IActorRef actor)
    {
        if (actor.Path.Address.HasGlobalScope && !actor.Path.Address.Equals(_self.Address))
            _log.Warning("[{0}] is an actor of another node: it can be registered only at the mediator there", actor);
        else
            Add(Registration.Path(actor.Path.ToStringWithoutAddress()), actor);
    }

    private void Add(Registration registration, IActorRef actor)
    {
        _local.Add(registration, actor);
        Context.Watch(actor);
        Change(registration, isThere: true);
    }

    private void Remove(Registration registration)
    {
        foreach (IActorRef actor in _local.For(registration).ToArray())
        {
            _local.Remove(registration, actor);
            Unwatch(actor);
        }

        Change(registration, isThere: false);
    }

    private void Unwatch(IActorRef actor)
    {
        if (!_local.Has(actor))
            Context.Unwatch(actor);
    }

    /// <summary>Tells the others at once what changed here; whoever misses it learns it from gossip.</summary>
    private void Change(Registration registration, bool isThere)
    {
        PubSubRegistry before = _registry;
        _registry = before.Set(registration, isThere, Now);
        if (ReferenceEquals(before, _registry) || _mediators.Count == 0)
            return;
        PubSubProtocol.Delta delta = new(_registry.MissingIn(before.Versions, _settings.MaxDeltaElements));
        foreach (IActorRef mediator in _mediators.Values)
            mediator.Tell(delta, Self);
    }

    private void OnPublish(Publish publish)
    {
        if (!publish.SendOneMessageToEachGroup)
        {
            Registration topic = Registration.Topic(publish.Topic);
            Deliver([.. _registry.NodesWith(topic)], topic, publish.Message, publish);
            return;
        }

        bool isEmpty = true;
        foreach (IGrouping<string, UniqueAddress> group in _registry.Groups(publish.Topic))
        {
            isEmpty = false;
            Deliver([.. Choose([.. group])], Registration.Topic(publish.Topic, group.Key), publish.Message, publish);
        }

        if (isEmpty)
            DeadLetter(publish);
    }

    private void OnSend(Send send)
    {
        Registration path = Registration.Path(send.Path);
        UniqueAddress[] nodes = [.. _registry.NodesWith(path)];
        if (send.LocalAffinity && nodes.Contains(_self))
            nodes = [_self];
        Deliver([.. Choose(nodes)], path, send.Message, send);
    }

    private void Deliver(UniqueAddress[] nodes, Registration to, object message, object original)
    {
        if (nodes.Length == 0)
            DeadLetter(original);
        foreach (UniqueAddress node in nodes)
        {
            if (node.Equals(_self))
                DeliverHere(to, message);
            else if (_mediators.TryGetValue(node, out IActorRef mediator))
                mediator.Tell(new PubSubProtocol.Deliver(to, message), Sender);
        }
    }

    private void DeliverHere(Registration to, object message)
    {
        IReadOnlyList<IActorRef> actors = _local.For(to);
        if (actors.Count == 0)
            DeadLetter(message);
        foreach (IActorRef actor in to.Kind == RegistrationKind.Group ? Choose(actors) : actors)
            actor.Tell(message, Sender);
    }

    private IEnumerable<T> Choose<T>(IReadOnlyList<T> candidates)
    {
        if (candidates.Count <= 1 || _settings.Choice == PubSubChoice.Broadcast)
            return candidates;
        int index = _settings.Choice == PubSubChoice.Random ? Random.Shared.Next(candidates.Count) : (int)((uint)_next++ % (uint)candidates.Count);
        return [candidates[index]];
    }

    private void DeadLetter(object message)
    {
        if (_settings.TellsDeadLetters)
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
    }

    private void OnMember(ClusterEvent.IMemberEvent change)
    {
        UniqueAddress node = change.Member.UniqueAddress;
        if (node.Equals(_self))
        {
            if (change is ClusterEvent.MemberRemoved)
                Context.Stop(Self);
            return;
        }

        bool takesPart = change.Member.Status is MemberStatus.Up or MemberStatus.WeaklyUp && (_settings.Role.Length == 0 || change.Member.HasRole(_settings.Role));
        if (!takesPart)
        {
            _mediators.Remove(node);
            _registry = _registry.Forget(node);
        }
        else if (_mediators.TryAdd(node, Mediator(node.Address)))
        {
            TellStatus(_mediators[node], isAnswer: false);
        }
    }

    private IActorRef Mediator(Address address) => _cluster.System.Provider.ResolveActorRef(new RootActorPath(address) / Self.Path.Elements);

    private void OnStatus(PubSubProtocol.Status status)
    {
        if (!_mediators.TryGetValue(status.From, out IActorRef other))
            return;
        ImmutableArray<PubSubProtocol.Part> missing = _registry.MissingIn(status.Versions, _settings.MaxDeltaElements);
        // Of nodes that have gone, or that the other has not met yet, it has no use for news.
        if (!missing.IsEmpty)
            other.Tell(new PubSubProtocol.Delta(missing), Self);
        ImmutableDictionary<UniqueAddress, long> mine = _registry.Versions;
        if (!status.IsAnswer && status.Versions.Any(known => mine.GetValueOrDefault(known.Key) < known.Value))
            TellStatus(other, isAnswer: true);
    }

    private void Gossip()
    {
        if (_mediators.Count > 0)
            TellStatus(_mediators.Values.ElementAt(Random.Shared.Next(_mediators.Count)), isAnswer: false);
    }

    private void TellStatus(IActorRef mediator, bool isAnswer)
        => mediator.Tell(new PubSubProtocol.Status(_self, _registry.Versions, isAnswer), Self);
}
