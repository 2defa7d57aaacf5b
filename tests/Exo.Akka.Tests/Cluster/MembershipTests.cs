using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Heartbeats;
using Akka.Cluster.Membership;
using Akka.Cluster.Serialization;
using Akka.Remote.Transport;
using Akka.Util;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class MembershipTests
{
    private static readonly UniqueAddress s_a = Node(1);
    private static readonly UniqueAddress s_b = Node(2);
    private static readonly UniqueAddress s_c = Node(3);

    internal static UniqueAddress Node(int port) => new(new Address("akka.tcp", "ring", "127.0.0.1", port), port * 1000);

    internal static Member Up(UniqueAddress node, int number = 1)
        => Member.Create(node, number, MemberStatus.Up, [], AppVersion.Zero);

    private static Gossip View(params Member[] members)
        => Gossip.Empty.Update(members) with { Seen = [.. members.Select(m => m.UniqueAddress)] };

    [Fact]
    public void Clocks_tell_before_after_and_concurrent()
    {
        VectorClock first = VectorClock.Empty.Increment(s_a);
        VectorClock second = first.Increment(s_b);
        VectorClock other = first.Increment(s_c);
        Assert.Equal(VectorClock.Ordering.Same, first.CompareTo(VectorClock.Empty.Increment(s_a)));
        Assert.Equal(VectorClock.Ordering.Before, first.CompareTo(second));
        Assert.Equal(VectorClock.Ordering.After, second.CompareTo(first));
        Assert.Equal(VectorClock.Ordering.Concurrent, second.CompareTo(other));
        Assert.Equal(VectorClock.Ordering.After, second.Merge(other).CompareTo(other));
    }

    [Fact]
    public void A_view_that_all_have_seen_converges_and_an_unreachable_member_prevents_it_until_it_is_down()
    {
        Gossip view = View(Up(s_a), Up(s_b), Up(s_c));
        Assert.True(MembershipRules.Converged(view, s_a, []));
        Assert.False(MembershipRules.Converged(view.OnlySeen(s_a), s_a, []));
        Gossip broken = view with { Reachability = view.Reachability.Unreachable(s_a, s_c) };
        Assert.False(MembershipRules.Converged(broken, s_a, []));
        Gossip downed = broken.Update(broken.Find(s_c).Copy(MemberStatus.Down)) with { Seen = [s_a, s_b] };
        Assert.True(MembershipRules.Converged(downed, s_a, []));
        LeaderActions actions = MembershipRules.AtConvergence(downed, s_a, [], _ => true);
        Assert.Equal([s_c], actions.Removed.Select(m => m.UniqueAddress));
        Gossip after = actions.Apply(downed, 5);
        Assert.False(after.HasMember(s_c));
        Assert.True(after.Reachability.IsAllReachable);
    }

    [Fact]
    public void Nodes_with_the_same_view_that_know_different_readers_tell_each_other()
    {
        Gossip all = View(Up(s_a), Up(s_b), Up(s_c)).Increment(s_a);
        Gossip lacking = all with { Seen = [s_a, s_b] };
        Assert.Equal(GossipExchange.Next.TellMine, GossipExchange.Compare(all, lacking.Version, lacking.SeenDigest));
        Assert.Equal(GossipExchange.Next.Nothing, GossipExchange.Compare(all, all.Version, (all with { Seen = [s_c, s_b, s_a] }).SeenDigest));
        Assert.Equal(GossipExchange.Next.AskForTheirs, GossipExchange.Compare(all, all.Increment(s_b).Version, all.SeenDigest));
        Assert.Equal(GossipExchange.Next.TellMine, GossipExchange.Compare(all.Increment(s_b), all.Version, all.SeenDigest));
        Assert.Contains(s_c, GossipExchange.Receive(lacking, all, s_a).View.Seen);
    }

    [Fact]
    public void The_leader_moves_joining_members_up_in_order_and_leaving_ones_to_exiting()
    {
        Gossip view = View(Up(s_a), Member.Create(s_b, [], AppVersion.Zero), Up(s_c).Copy(MemberStatus.Leaving));
        Gossip after = MembershipRules.AtConvergence(view, s_a, [], _ => true).Apply(view, 0);
        Assert.Equal(MemberStatus.Up, after.Find(s_b).Status);
        Assert.Equal(2, after.Find(s_b).UpNumber);
        Assert.True(after.Find(s_a).IsOlderThan(after.Find(s_b)));
        Assert.Equal(MemberStatus.Exiting, after.Find(s_c).Status);
        Assert.True(MembershipRules.AtConvergence(view, s_a, [], _ => false).Changed.All(m => m.Status == MemberStatus.Exiting));
    }

    [Fact]
    public void The_leader_is_the_first_reachable_member_that_is_up()
    {
        Gossip view = View(Member.Create(s_a, [], AppVersion.Zero), Up(s_b), Up(s_c));
        Assert.Equal(s_b, MembershipRules.Leader(view, s_c));
        Gossip without = view with { Reachability = view.Reachability.Unreachable(s_c, s_b) };
        Assert.Equal(s_c, MembershipRules.Leader(without, s_c));
        Assert.Null(MembershipRules.Leader(Gossip.Empty, s_a));
    }

    [Fact]
    public void A_merge_takes_the_later_status_and_never_brings_back_what_was_removed()
    {
        Gossip common = View(Up(s_a), Up(s_b), Up(s_c)).Increment(s_a);
        Gossip left = common.Update(Up(s_b).Copy(MemberStatus.Leaving)).Increment(s_a);
        Gossip right = common.Remove([s_c], 7).Increment(s_b);
        foreach (Gossip merged in new[] { left.Merge(right), right.Merge(left) })
        {
            Assert.Equal(MemberStatus.Leaving, merged.Find(s_b).Status);
            Assert.False(merged.HasMember(s_c));
            Assert.Empty(merged.Seen);
            Assert.Equal(VectorClock.Ordering.After, merged.Version.CompareTo(right.Version));
        }
    }

    [Fact]
    public void Observations_merge_per_observer_by_their_number()
    {
        Reachability old = Reachability.Empty.Unreachable(s_a, s_b);
        Reachability healed = old.Reachable(s_a, s_b);
        ImmutableHashSet<UniqueAddress> all = [s_a, s_b, s_c];
        Assert.True(old.Merge(all, healed).IsReachable(s_b));
        Assert.True(healed.Merge(all, old).IsReachable(s_b));
        Reachability two = old.Merge(all, Reachability.Empty.Unreachable(s_c, s_b));
        Assert.Equal(2, two.Records.Count());
        Assert.True(two.Remove([s_b]).IsAllReachable);
        Assert.True(old.WithoutObservers([s_a]).IsReachable(s_b));
    }

    [Fact]
    public void Random_histories_converge_to_one_view_in_whatever_order_they_are_exchanged()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            UniqueAddress[] nodes = [s_a, s_b, s_c];
            Gossip start = View(Up(s_a), Up(s_b), Up(s_c)).Increment(s_a);
            Gossip[] views = [start, start, start];
            for (int step = 0; step < 40; step++)
            {
                int i = random.Next(3);
                if (random.Next(2) == 0)
                    views[i] = Mutate(views[i], nodes, i, random);
                else
                    views[i] = Exchange(views[i], views[random.Next(3)]);
            }

            for (int round = 0; round < 3; round++)
            {
                for (int i = 0; i < 3; i++)
                {
                    for (int j = 0; j < 3; j++)
                        views[i] = Exchange(views[i], views[j]);
                }
            }

            string[] texts = [.. views.Select(v => string.Join(';', v.Members.Select(m => $"{m.Address}{m.Status}")) + "|" + string.Join(',', v.Reachability.Records.Order().Select(r => $"{r.Observer.Uid}-{r.Subject.Uid}")))];
            Assert.True(texts.Distinct().Count() == 1, $"seed {seed}: {string.Join("\n", texts)}");
        }
    }

    [Fact]
    public void Events_follow_from_two_views()
    {
        Gossip before = View(Up(s_a), Up(s_b), Up(s_c));
        Gossip after = before.Update(Up(s_b).Copy(MemberStatus.Down)) with { Reachability = Reachability.Empty.Unreachable(s_a, s_b) };
        Assert.Equal(["UnreachableMember", "MemberDowned"], MembershipDiff.Events(before, after, s_a).Select(e => e.GetType().Name));
        Gossip gone = after.Remove([s_b], 0);
        ClusterEvent.MemberRemoved removed = Assert.IsType<ClusterEvent.MemberRemoved>(Assert.Single(MembershipDiff.Events(after, gone, s_a)));
        Assert.Equal(MemberStatus.Down, removed.PreviousStatus);
        Assert.Equal(["MemberJoined", "RoleLeaderChanged", "LeaderChanged"], MembershipDiff.Events(
            Gossip.Empty, View(Member.Create(s_a, ["stage"], AppVersion.Zero)), s_a).Select(e => e.GetType().Name));
    }

    [Fact]
    public void A_view_survives_the_wire()
    {
        Gossip view = View(Up(s_a, 3), Member.Create(s_b, ["x", "y"], AppVersion.Create("1.2.3-rc"))).Increment(s_a).Increment(s_b).Remove([s_c], 99) with
        {
            Reachability = Reachability.Empty.Unreachable(s_a, s_b),
        };
        using FrameBuffer buffer = new(16);
        GossipCodec.Write(buffer, view);
        FrameCursor cursor = new(buffer.Written.Span);
        Gossip read = GossipCodec.ReadGossip(ref cursor);
        Assert.Equal(view.Members.Select(m => m.ToString()), read.Members.Select(m => m.ToString()));
        Assert.Equal(VectorClock.Ordering.Same, view.Version.CompareTo(read.Version));
        Assert.True(view.Seen.SetEquals(read.Seen));
        Assert.Equal(view.Tombstones, read.Tombstones);
        Assert.Equal(view.Reachability.Records, read.Reachability.Records);
        Assert.True(cursor.Rest.IsEmpty);
    }

    [Fact]
    public void Every_member_is_watched_by_as_many_as_asked()
    {
        UniqueAddress[] nodes = [.. Enumerable.Range(1, 40).Select(Node)];
        Dictionary<UniqueAddress, int> watchers = nodes.ToDictionary(n => n, _ => 0);
        foreach (UniqueAddress self in nodes)
        {
            ImmutableArray<UniqueAddress> receivers = HeartbeatRing.Receivers(self, nodes, [], 5);
            Assert.Equal(5, receivers.Length);
            foreach (UniqueAddress receiver in receivers)
                watchers[receiver]++;
        }

        Assert.All(watchers.Values, count => Assert.Equal(5, count));
        Assert.Equal(2, HeartbeatRing.Receivers(s_a, [s_a, s_b, s_c], [], 9).Length);
        ImmutableHashSet<UniqueAddress> away = [.. HeartbeatRing.Receivers(nodes[0], nodes, [], 5)];
        Assert.Equal(10, HeartbeatRing.Receivers(nodes[0], nodes, away, 5).Length);
    }

    [Fact]
    public void Statuses_change_only_along_the_graph()
    {
        Member joining = Member.Create(s_a, [], AppVersion.Zero);
        Assert.Throws<InvalidOperationException>(() => joining.Copy(MemberStatus.Exiting));
        Assert.Throws<InvalidOperationException>(() => Up(s_a).Copy(MemberStatus.Joining));
        Assert.Equal(MemberStatus.Removed, Up(s_a).Copy(MemberStatus.Down).Copy(MemberStatus.Removed).Status);
        Assert.Equal(Up(s_a), Up(s_a).Copy(MemberStatus.Leaving));
    }

    private static Gossip Mutate(Gossip view, UniqueAddress[] nodes, int self, Random random)
    {
        UniqueAddress subject = nodes[random.Next(3)];
        if (subject.Equals(nodes[self]))
            return view;
        Gossip changed = random.Next(3) switch
        {
            0 => view with { Reachability = view.Reachability.Unreachable(nodes[self], subject) },
            1 => view with { Reachability = view.Reachability.Reachable(nodes[self], subject) },
            _ => view.Find(subject) is { Status: MemberStatus.Up } member ? view.Update(member.Copy(MemberStatus.Leaving)) : view,
        };
        return ReferenceEquals(changed, view) ? view : changed.Increment(nodes[self]).OnlySeen(nodes[self]);
    }

    private static Gossip Exchange(Gossip mine, Gossip theirs) => theirs.Version.CompareTo(mine.Version) switch
    {
        VectorClock.Ordering.Same => mine.MergeSeen(theirs),
        VectorClock.Ordering.Before => mine,
        VectorClock.Ordering.After => theirs,
        _ => mine.Merge(theirs),
    };
}
