using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using Exo.Actors.Protocol;

namespace Exo.Actors.Membership;

/// <summary>
/// Notices that devices which this one lost, or which lost this one, are there again: a laptop woke up, a cable was put back.
/// When <see cref="HealingDecision"/> says so it ends the actor system; its host starts a new one that joins them.
/// </summary>
internal sealed class Healing : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    private const int MostStrangers = 64;

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HealingSettings _settings;
    private readonly Rejoining _rejoining;
    private readonly TimeSpan _born = Now;
    private readonly Dictionary<Address, Member> _known = [];
    private readonly HashSet<Address> _estranged = [];
    private readonly HashSet<string> _strangers = [];
    private HashSet<string> _heard = [];
    private HashSet<Address> _beforeTheSplit = [];
    private long _since;
    private bool _ending;

    public Healing(Rejoining rejoining, HealingSettings settings)
    {
        _rejoining = rejoining;
        _settings = settings;
        _strangers.UnionWith(rejoining.Seeds);
        Receive<ThisActorSystemQuarantinedEvent>(OnQuarantined);
        Receive<ClusterEvent.MemberUp>(up => OnUp(up.Member));
        Receive<ClusterEvent.MemberRemoved>(OnRemoved);
        Receive<ClusterEvent.IMemberEvent>(_ => { });
        Receive<HealingProtocol.Side>(OnSide);
        Receive<HealingProtocol.Follow>(follow => Yield(follow.Others, "The others of its side join"));
        Receive<HealingProtocol.Strangers>(heard => _heard = [.. heard.Addresses.Take(MostStrangers)]);
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private string Here => Addresses.Of(_cluster.SelfAddress);

    private IEnumerable<Member> Up => _cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer("look", Look.Instance, s_look);
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void OnUp(Member member)
    {
        _known[member.Address] = member;
        _estranged.Remove(member.Address);
        _strangers.Remove(Addresses.Of(member.Address));
        if (member.Address.Equals(_cluster.SelfAddress))
        {
            _since = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        }

        RememberOthers();
    }

    private void OnRemoved(ClusterEvent.MemberRemoved gone)
    {
        if (gone.Member.Address.Equals(_cluster.SelfAddress))
        {
            return;
        }

        if (gone.PreviousStatus == MemberStatus.Down)
        {
            // The other side counts those of this one that it knew: not who came after the split.
            _beforeTheSplit = _beforeTheSplit.Count == 0 ? [.. Up.Select(member => member.Address)] : _beforeTheSplit;
        }
        else if (gone.PreviousStatus == MemberStatus.Exiting)
        {
            // It left. When this device itself ends, all are told of as removed from whatever status they had.
            _known.Remove(gone.Member.Address);
            RememberOthers();
        }
    }

    /// <summary>Those who left are not asked again; those who fell silent are.</summary>
    private void RememberOthers() => _rejoining.Others = [.. _known.Keys.Where(address => !address.Equals(_cluster.SelfAddress)).Select(Addresses.Of).Order(StringComparer.Ordinal).Take(MostStrangers)];

    private void OnQuarantined(ThisActorSystemQuarantinedEvent quarantined)
    {
        // One that removed this device and that this one never gave up is not told anything: only this side can yield.
        if (Up.Any(member => member.Address.Equals(quarantined.RemoteAddress)))
        {
            Yield([Addresses.Of(quarantined.RemoteAddress)], "It was removed while it slept or was out of reach:", leadsItsSide: false);
            return;
        }

        _estranged.Add(quarantined.RemoteAddress);
        Address[] mine = [.. Up.Select(member => member.Address).Where(address => !_estranged.Contains(address) && (_beforeTheSplit.Count == 0 || _beforeTheSplit.Contains(address)))];
        Member? oldest = mine.Concat(_estranged).Select(address => _known.GetValueOrDefault(address)).OfType<Member>().Min(Member.AgeOrdering);
        if (HealingDecision.Yields(mine.Length, _estranged.Count, oldest is not null && mine.Contains(oldest.Address)))
        {
            Yield([.. _estranged.Select(Addresses.Of).Order(StringComparer.Ordinal)], "They went on without each other, and the other side stays:");
        }
    }

    private void OnSide(HealingProtocol.Side side)
    {
        if (_ending || Up.Any(member => Addresses.Of(member.Address) == side.Address) || !IsMember)
        {
            return;
        }

        HealingDecision.Claim theirs = new(side.Devices.Length, side.Since, side.Address);
        if (side.Round > 0 && HealingDecision.Yields(new HealingDecision.Claim(Up.Count(), _since, Here), theirs))
        {
            Yield(side.Devices, "There are two clusters, and the other one stays:");
        }
        else if (side.Round < 2)
        {
            Tell(side.Address, (byte)(side.Round + 1));
        }
    }

    private void OnLook()
    {
        if (_ending)
        {
            return;
        }

        if (!IsMember)
        {
            if (!_rejoining.Seeds.IsEmpty && Now - _born > _settings.AloneAfter && _cluster.SelfMember.Status == MemberStatus.Removed)
            {
                _log.Warning("None of {0} could be joined within {1} s: this device goes on alone and keeps looking for them.", string.Join(", ", _rejoining.Seeds), _settings.AloneAfter.TotalSeconds);
                _cluster.Join(_cluster.SelfAddress);
            }

            return;
        }

        // Those that this side lost are asked in another way; see OnQuarantined.
        HashSet<string> others = [.. _strangers, .. _heard];
        others.ExceptWith(Up.Select(member => member.Address).Concat(_estranged).Select(Addresses.Of));
        foreach (string stranger in others)
        {
            Tell(stranger, round: 0);
        }
    }

    private bool IsMember => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    private void Tell(string address, byte round) =>
        Addresses.Resolve(Context.System, address, HealingProtocol.Path)
            .Tell(new HealingProtocol.Side(Here, _since, [.. Up.Select(member => Addresses.Of(member.Address))], round));

    private void Yield(ImmutableArray<string> others, string why, bool leadsItsSide = true)
    {
        if (_ending || others.IsDefaultOrEmpty)
        {
            return;
        }

        _ending = true;
        _log.Warning("{0} this device starts its actor system anew to join {1}.", why, string.Join(", ", others));
        foreach (Member member in Up.Where(member => leadsItsSide && !member.Address.Equals(_cluster.SelfAddress) && !_estranged.Contains(member.Address)))
        {
            Addresses.Resolve(Context.System, Addresses.Of(member.Address), HealingProtocol.Path).Tell(new HealingProtocol.Follow(others));
        }

        // Nobody stays behind who would have to agree, so there is no leaving in good order to wait for.
        _ = CoordinatedShutdown.Get(Context.System).Run(new Rejoining.Reason(others));
        _cluster.Down(_cluster.SelfAddress);
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }
}
