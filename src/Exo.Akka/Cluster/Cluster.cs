using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Cluster.Membership;
using Akka.Event;
using Akka.Remote;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>This node's part in a cluster: joins, leaves, and tells of the members.</summary>
public class Cluster : IExtension
{
    private readonly IActorRef _daemon;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClusterEvent.CurrentClusterState _state = new();
    private volatile Gossip _view = Gossip.Empty;
    private volatile Member _selfMember;
    private readonly Lock _gate = new();
    private readonly List<Action> _whenRemoved = [];
    private volatile bool _isTerminated;

    internal Cluster(ActorSystemImpl system)
    {
        if (system.Provider is not ClusterActorRefProvider provider)
        {
            throw new Configuration.ConfigurationException(
                $"ActorSystem [{system.Name}] needs akka.actor.provider = cluster, but its provider is {system.Provider.GetType()}");
        }

        System = system;
        Provider = provider;
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = new UniqueAddress(provider.DefaultAddress, AddressUidExtension.Uid(system));
        _selfMember = Member.Removed(SelfUniqueAddress, Settings.Roles, Settings.AppVersion);

        // One is made and dropped: a value that is none should end the start, not the first look at another member.
        _ = NewDetector();
        FailureDetector = new DefaultFailureDetectorRegistry<Address>(NewDetector);
        DowningProvider = (IDowningProvider)RuntimeTypes.Construct(Settings.DowningProviderType, system, this);
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this)), "cluster");
        if (DowningProvider.DowningActorProps is { } downing)
            system.SystemActorOf(downing, "cluster-downing");
        if (!Settings.SeedNodes.IsEmpty)
            JoinSeedNodes(Settings.SeedNodes);
    }

    public ClusterSettings Settings { get; }

    public UniqueAddress SelfUniqueAddress { get; }

    public Address SelfAddress => SelfUniqueAddress.Address;

    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    public ClusterEvent.CurrentClusterState State => _state;

    public Member SelfMember => _selfMember;

    public bool IsTerminated => _isTerminated;

    public bool IsUp => _selfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    public ExtendedActorSystem System { get; }

    public DefaultFailureDetectorRegistry<Address> FailureDetector { get; }

    public IDowningProvider DowningProvider { get; }

    internal RemoteActorRefProvider Provider { get; }

    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    public void Join(Address address) => _daemon.Tell(new ClusterProtocol.JoinTo(Local(address)), ActorRefs.NoSender);

    public Task JoinAsync(Address address, CancellationToken token = default)
    {
        Task joined = WhenUp(token);
        Join(address);
        return joined;
    }

    public void JoinSeedNodes(IEnumerable<Address> seedNodes)
        => _daemon.Tell(new ClusterProtocol.JoinSeeds([.. seedNodes.Select(Local)]), ActorRefs.NoSender);

    public Task JoinSeedNodesAsync(IEnumerable<Address> seedNodes, CancellationToken token = default)
    {
        Task joined = WhenUp(token);
        JoinSeedNodes(seedNodes);
        return joined;
    }

    public void Leave(Address address) => _daemon.Tell(new ClusterProtocol.Leave(Local(address)), ActorRefs.NoSender);

    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (IsTerminated)
            return Task.CompletedTask;
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RegisterOnMemberRemoved(() => left.TrySetResult());
        Leave(SelfAddress);
        return left.Task.WaitAsync(cancellationToken);
    }

    public void Down(Address address) => _daemon.Tell(new ClusterProtocol.Down(Local(address)), ActorRefs.NoSender);

    public void Subscribe(IActorRef subscriber, params Type[] to)
        => Subscribe(subscriber, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0)
            throw new ArgumentException("At least one event type must be given", nameof(to));
        foreach (Type type in to)
        {
            if (!typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(type))
                throw new ArgumentException($"Subscribe to IClusterDomainEvent or subclasses, was [{type.Name}]", nameof(to));
        }

        _daemon.Tell(new ClusterProtocol.Subscribe(subscriber, initialStateMode, [.. to]), ActorRefs.NoSender);
    }

    public void Unsubscribe(IActorRef subscriber) => Unsubscribe(subscriber, null);

    public void Unsubscribe(IActorRef subscriber, Type to) => _daemon.Tell(new ClusterProtocol.Unsubscribe(subscriber, to), ActorRefs.NoSender);

    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterProtocol.SendState(receiver), ActorRefs.NoSender);

    public void RegisterOnMemberUp(Action callback)
    {
        if (IsUp)
            callback();
        else
            _daemon.Tell(new ClusterProtocol.WhenUp(callback), ActorRefs.NoSender);
    }

    public void RegisterOnMemberRemoved(Action callback)
    {
        // Kept here: a message to the daemon could come after its end.
        lock (_gate)
        {
            if (!_isTerminated)
            {
                _whenRemoved.Add(callback);
                return;
            }
        }

        callback();
    }

    public ActorPath RemotePathOf(IActorRef actorRef)
        => actorRef.Path.Address.HasGlobalScope ? actorRef.Path : (new RootActorPath(SelfAddress) / actorRef.Path.Elements).WithUid(actorRef.Path.Uid);

    /// <summary>The daemon's view behind <see cref="State"/>.</summary>
    internal Gossip View => _view;

    internal void Publish(Gossip view)
    {
        ClusterEvent.CurrentClusterState state = MembershipDiff.State(view, SelfUniqueAddress);
        _view = view;
        _state = state;
        if (state.Members.FirstOrDefault(m => m.UniqueAddress.Equals(SelfUniqueAddress)) is { } self)
            _selfMember = self;
    }

    /// <summary>The cluster has ended here. Returns what waited for that, once.</summary>
    internal Action[] Terminated()
    {
        Action[] due;
        lock (_gate)
        {
            _isTerminated = true;
            due = [.. _whenRemoved];
            _whenRemoved.Clear();
        }

        _ended.TrySetResult();
        return due;
    }

    private Task WhenUp(CancellationToken token)
    {
        if (IsTerminated || token.IsCancellationRequested)
            return Task.FromException(new ClusterJoinFailedException("The node did not become a member: the join was cancelled or the cluster has ended here"));
        TaskCompletionSource up = new(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => up.TrySetException(new ClusterJoinFailedException("The node did not become Up before the join was cancelled")));
        _ = _ended.Task.ContinueWith(
            _ => up.TrySetException(new ClusterJoinFailedException("The node did not become Up: the cluster has ended here")), TaskScheduler.Default);
        RegisterOnMemberUp(() => up.TrySetResult());
        return up.Task;
    }

    private FailureDetector NewDetector()
    {
        Type type = RuntimeTypes.Find(Settings.FailureDetectorImplementationClass, "akka.cluster.failure-detector.implementation-class");
        return (FailureDetector)RuntimeTypes.Construct(type, Settings.FailureDetectorConfig, System.EventStream);
    }

    /// <summary>An address without host means this node.</summary>
    private Address Local(Address address) => address.HasLocalScope ? SelfAddress : address;
}
