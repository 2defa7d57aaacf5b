using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Exo.Actors.Protocol;

namespace Exo.Actors.Membership;

/// <summary>
/// Knows every device and what it told of itself. One on each device; nothing is stored: a device introduces itself to every
/// member that it meets, and again until it was answered.
/// </summary>
internal sealed class DeviceDirectory : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(300);
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly DeviceProfile _profile;
    private readonly HashSet<IActorRef> _listeners = [];
    private readonly Dictionary<(string Address, int Uid), DeviceProfile> _profiles = [];
    private ImmutableDictionary<UniqueAddress, Member> _members = ImmutableDictionary<UniqueAddress, Member>.Empty;
    private ImmutableHashSet<UniqueAddress> _unreachable = [];

    public DeviceDirectory(DeviceProfile profile)
    {
        _profile = profile;
        Receive<ClusterEvent.IMemberEvent>(OnMember);
        Receive<ClusterEvent.UnreachableMember>(lost => Update(_members, _unreachable.Add(lost.Member.UniqueAddress)));
        Receive<ClusterEvent.ReachableMember>(found => Update(_members, _unreachable.Remove(found.Member.UniqueAddress)));
        Receive<DirectoryProtocol.Hello>(OnHello);
        Receive<DirectoryProtocol.Listen>(OnListen);
        Receive<Terminated>(gone => _listeners.Remove(gone.ActorRef));
        Receive<Tick>(_ => Greet());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.ReachabilityEvent));
        Timers.StartPeriodicTimer("greet", Tick.Instance, s_again);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnMember(ClusterEvent.IMemberEvent change)
    {
        Member member = change.Member;
        if (change is ClusterEvent.MemberRemoved)
        {
            _log.Info("Device {0} is gone.", Addresses.Of(member.Address));
            _profiles.Remove((Addresses.Of(member.Address), member.UniqueAddress.Uid));
            Update(_members.Remove(member.UniqueAddress), _unreachable.Remove(member.UniqueAddress));
            return;
        }

        // Members are equal by address, whatever their status, and SetItem keeps a value that equals the new one.
        Update(_members.Remove(member.UniqueAddress).Add(member.UniqueAddress, member), _unreachable);
        Greet();
    }

    private void OnHello(DirectoryProtocol.Hello hello)
    {
        bool known = _profiles.TryGetValue((hello.Address, hello.Uid), out DeviceProfile? before) && before == hello.Profile;
        _profiles[(hello.Address, hello.Uid)] = hello.Profile;
        if (hello.Answer)
        {
            Introduce(hello.Address, answer: false);
        }

        if (!known)
        {
            Publish();
        }
    }

    private void OnListen(DirectoryProtocol.Listen listen)
    {
        if (_listeners.Add(listen.Listener))
        {
            Context.Watch(listen.Listener);
        }

        listen.Listener.Tell(new DirectoryProtocol.Changed(View()));
    }

    private void Update(ImmutableDictionary<UniqueAddress, Member> members, ImmutableHashSet<UniqueAddress> unreachable)
    {
        _members = members;
        _unreachable = unreachable;
        Publish();
    }

    /// <summary>Introduces this device to every member that has not introduced itself.</summary>
    private void Greet()
    {
        foreach (Member member in _members.Values)
        {
            string address = Addresses.Of(member.Address);
            if (member.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
            {
                if (_profiles.TryAdd((address, member.UniqueAddress.Uid), _profile))
                {
                    Publish();
                }
            }
            else if (!_unreachable.Contains(member.UniqueAddress) && !_profiles.ContainsKey((address, member.UniqueAddress.Uid)))
            {
                Introduce(address, answer: true);
            }
        }
    }

    private void Introduce(string address, bool answer) =>
        Addresses.Resolve(Context.System, address, DirectoryProtocol.Path)
            .Tell(new DirectoryProtocol.Hello(Addresses.Of(_cluster.SelfAddress), _cluster.SelfUniqueAddress.Uid, _profile, answer));

    private void Publish()
    {
        DirectoryProtocol.Changed changed = new(View());
        foreach (IActorRef listener in _listeners)
        {
            listener.Tell(changed);
        }
    }

    private DirectoryView View()
    {
        IEnumerable<Member> up = _members.Values.Where(member => member.Status == MemberStatus.Up).Order(Member.AgeOrdering);
        IEnumerable<Member> others = _members.Values.Where(member => member.Status != MemberStatus.Up).OrderBy(member => Addresses.Of(member.Address), StringComparer.Ordinal);
        return new DirectoryView(Addresses.Of(_cluster.SelfAddress), _cluster.SelfUniqueAddress.Uid, [.. up.Concat(others).Select(ToDevice)]);
    }

    private Device ToDevice(Member member)
    {
        string address = Addresses.Of(member.Address);
        return new Device(address, member.UniqueAddress.Uid, member.Status.ToString(), !_unreachable.Contains(member.UniqueAddress), _profiles.GetValueOrDefault((address, member.UniqueAddress.Uid)));
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
