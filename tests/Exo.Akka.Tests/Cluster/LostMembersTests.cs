using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Membership;
using Akka.TestKit;
using Akka.Util;
using Xunit;

namespace Akka.Tests.Cluster;

/// <summary>In virtual time, as the leader's timer and the clock are the scheduler's.</summary>
public sealed class LostMembersTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private readonly TestScheduler _time = new(null, null);
    private readonly List<(TimeSpan At, Address Node)> _probes = [];

    [Fact]
    public void A_member_that_was_removed_while_silent_is_looked_for_once_in_an_interval()
    {
        Member gone = Node(1);
        LostMembers lost = Start(s_interval);

        lost.Removed(gone, MemberStatus.Down);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([(Seconds(0.2), gone.Address), (Seconds(2.2), gone.Address), (Seconds(4.2), gone.Address)], _probes);
    }

    [Fact]
    public void Nobody_is_looked_for_while_time_stands_still()
    {
        LostMembers lost = Start(s_interval);
        lost.Removed(Node(1), MemberStatus.Down);
        _time.Advance(Seconds(1));
        int probes = _probes.Count;

        lost.Tick(Gossip.Empty);

        Assert.Equal(probes, _probes.Count);
    }

    [Fact]
    public void One_that_is_known_to_be_dead_or_has_left_is_not_looked_for()
    {
        LostMembers lost = Start(s_interval);
        lost.Died(Node(1).UniqueAddress);

        lost.Removed(Node(1), MemberStatus.Down);
        lost.Removed(Node(2), MemberStatus.Exiting);
        _time.Advance(Seconds(10));

        Assert.Empty(_probes);
    }

    [Fact]
    public void One_that_is_a_member_again_is_looked_for_no_more()
    {
        Gossip view = Gossip.Empty;
        LostMembers lost = Start(s_interval, () => view);
        lost.Removed(Node(1), MemberStatus.Down);
        _time.Advance(Seconds(1));
        Assert.Single(_probes);

        view = Gossip.Empty.Update(Node(1));
        _time.Advance(Seconds(10));

        Assert.Single(_probes);
    }

    [Fact]
    public void Without_an_interval_nobody_is_looked_for()
    {
        LostMembers lost = Start(null);
        lost.Removed(Node(1), MemberStatus.Down);
        _time.Advance(Seconds(10));

        Assert.Empty(_probes);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static Member Node(int port) => Member.Create(new UniqueAddress(new Address("akka.tcp", "ring", "127.0.0.1", port), port), port, MemberStatus.Up, [], AppVersion.Zero);

    /// <summary>Looked at every 200 ms, as the daemon does.</summary>
    private LostMembers Start(TimeSpan? interval, Func<Gossip> view = null)
    {
        LostMembers lost = new(_time, interval, address => _probes.Add((_time.MonotonicClock, address)));
        _time.ScheduleRepeatedly(Seconds(0.2), Seconds(0.2), () => lost.Tick(view?.Invoke() ?? Gossip.Empty));
        return lost;
    }
}
