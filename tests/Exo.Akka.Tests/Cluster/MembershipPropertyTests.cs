using System.Collections.Immutable;
using Akka.Cluster;
using Akka.Cluster.Membership;
using Akka.Cluster.SBR;
using Akka.Configuration;
using Akka.Remote;
using Akka.Util;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Akka.Tests.Cluster;

/// <summary>Laws of views, clocks, suspicion and downing, over histories that a seed makes.</summary>
public sealed class MembershipPropertyTests
{
    private static readonly UniqueAddress[] s_nodes = [.. Enumerable.Range(1, 5).Select(MembershipTests.Node)];

    [Fact]
    public void Merging_views_is_commutative() =>
        Prop.ForAll<int>(seed =>
        {
            Gossip[] views = History(seed);
            return Text(views[0].Merge(views[1])) == Text(views[1].Merge(views[0]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_views_is_associative() =>
        Prop.ForAll<int>(seed =>
        {
            Gossip[] views = History(seed);
            return Text(views[0].Merge(views[1]).Merge(views[2])) == Text(views[0].Merge(views[1].Merge(views[2])));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_a_view_with_itself_or_with_what_it_holds_already_changes_nothing() =>
        Prop.ForAll<int>(seed =>
        {
            Gossip[] views = History(seed);
            Gossip both = views[0].Merge(views[1]);
            return Text(views[0].Merge(views[0])) == Text(views[0]) && Text(both.Merge(views[1])) == Text(both) && Text(both.Merge(both)) == Text(both);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clocks_order_as_counting_does() =>
        Prop.ForAll<byte[], byte[]>((left, right) =>
        {
            VectorClock a = left.Aggregate(VectorClock.Empty, (clock, node) => clock.Increment(s_nodes[node % 5]));
            VectorClock b = right.Aggregate(VectorClock.Empty, (clock, node) => clock.Increment(s_nodes[node % 5]));
            int[] counts = [.. Enumerable.Range(0, 5).Select(node => left.Count(step => step % 5 == node) - right.Count(step => step % 5 == node))];
            VectorClock.Ordering expected = (counts.Any(count => count < 0), counts.Any(count => count > 0)) switch
            {
                (false, false) => VectorClock.Ordering.Same,
                (true, false) => VectorClock.Ordering.Before,
                (false, true) => VectorClock.Ordering.After,
                _ => VectorClock.Ordering.Concurrent,
            };
            VectorClock merged = a.Merge(b);
            return a.CompareTo(b) == expected
                && merged.CompareTo(a) is VectorClock.Ordering.Same or VectorClock.Ordering.After
                && merged.CompareTo(b.Merge(a)) == VectorClock.Ordering.Same
                && merged.CompareTo(merged.Merge(a)) == VectorClock.Ordering.Same;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Suspicion_never_falls_while_nothing_is_heard_and_a_pause_within_the_limit_is_not_suspected() =>
        Prop.ForAll<byte[], ushort>((intervals, pause) =>
        {
            long now = 0;
            int acceptable = pause % 5000;
            PhiAccrualFailureDetector detector = new(8, 100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(acceptable), TimeSpan.FromMilliseconds(200), () => now);
            detector.HeartBeat();
            foreach (byte interval in intervals)
            {
                now += interval + 1;
                detector.HeartBeat();
            }

            bool toleratesPause = detector.Phi(now + acceptable) < 8;
            double[] silence = [.. Enumerable.Range(0, 60).Select(step => detector.Phi(now + (step * 200)))];
            return toleratesPause && silence.Zip(silence.Skip(1)).All(pair => pair.Second >= pair.First) && silence[^1] > 8;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("keep-majority")]
    [InlineData("keep-oldest")]
    [InlineData("static-quorum")]
    public void Whoever_is_on_a_side_comes_to_the_same_answer_and_at_most_one_side_goes_on(string strategy) =>
        Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            Member[] members = [.. Enumerable.Range(1, random.Next(2, 12)).Select(i => RandomMember(i, random))];
            ImmutableHashSet<UniqueAddress> left = [.. members.Where(_ => random.Next(2) == 0).Select(member => member.UniqueAddress)];
            ImmutableHashSet<UniqueAddress> right = [.. members.Select(member => member.UniqueAddress).Where(node => !left.Contains(node))];
            if (left.IsEmpty || right.IsEmpty)
                return true;
            ImmutableHashSet<UniqueAddress> byLeft = DowningRules.Decide(Settings(strategy), members, right, []);
            ImmutableHashSet<UniqueAddress> byRight = DowningRules.Decide(Settings(strategy), members, left, []);
            bool isWhole = (left.IsSubsetOf(byLeft) || right.SetEquals(byLeft)) && (right.IsSubsetOf(byRight) || left.SetEquals(byRight));
            return isWhole && (left.IsSubsetOf(byLeft) || right.IsSubsetOf(byRight));
        }).QuickCheckThrowOnFailure();

    /// <summary>Records of who cannot reach whom among five nodes, those that have seen the view, and who is connected indirectly.</summary>
    [Theory]
    [InlineData("", "1,2,3,4,5", "")]
    [InlineData("1>4 2>5 3>4", "1,2,3", "")]
    [InlineData("1>2 2>1", "1,2,3,4,5", "1,2")]
    [InlineData("1>2", "1,2,3,4,5", "1,2")]
    [InlineData("1>2", "1,3,4,5", "")]
    [InlineData("1>2 2>3", "1,4,5", "2")]
    [InlineData("1>4 1>5 3>2", "1,2,3", "2,3")]
    public void Nodes_that_some_reach_and_others_do_not_are_connected_indirectly(string unreachable, string seen, string expected)
    {
        Reachability reachability = unreachable.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(record => record.Split('>'))
            .Aggregate(Reachability.Empty, (all, ends) => all.Unreachable(MembershipTests.Node(int.Parse(ends[0])), MembershipTests.Node(int.Parse(ends[1]))));
        Gossip view = Gossip.Empty.Update(s_nodes.Select((node, index) => MembershipTests.Up(node, index + 1))) with { Reachability = reachability, Seen = Nodes(seen) };
        Assert.Equal(Nodes(expected).Order(), DowningRules.IndirectlyConnected(view).Order());
    }

    /// <summary>What keep-majority downs among five nodes, by who is out of reach and who is connected indirectly.</summary>
    [Theory]
    [InlineData("1,2", "1,2", "1,2")]
    [InlineData("1,2,5", "1,2", "1,2,5")]
    [InlineData("1,4,5", "1", "1,4,5")]
    [InlineData("1,3,4,5", "1", "1,2")]
    [InlineData("1,2,3", "1,2,3", "1,2,3")]
    public void Those_connected_indirectly_go_and_the_rest_decides_by_its_own_number(string unreachable, string indirectly, string downed)
    {
        Member[] members = [.. s_nodes.Select((node, index) => MembershipTests.Up(node, index + 1))];
        ImmutableHashSet<UniqueAddress> losers = DowningRules.Decide(Settings("keep-majority"), members, Nodes(unreachable), Nodes(indirectly));
        Assert.Equal(Nodes(downed).Order(), losers.Order());
    }

    private static ImmutableHashSet<UniqueAddress> Nodes(string numbers) =>
        [.. numbers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => MembershipTests.Node(int.Parse(number)))];

    private static SplitBrainResolverSettings Settings(string strategy)
        => new(ConfigurationFactory.ParseString(
            $"akka.cluster.split-brain-resolver {{ active-strategy = {strategy}\n static-quorum.quorum-size = 3 }}").WithFallback(ClusterConfigFactory.Default()));

    private static Member RandomMember(int number, Random random)
    {
        MemberStatus status = random.Next(4) switch { 0 => MemberStatus.Joining, 1 => MemberStatus.Leaving, _ => MemberStatus.Up };
        return Member.Create(MembershipTests.Node(number), status == MemberStatus.Joining ? int.MaxValue : number, status, [], AppVersion.Zero);
    }

    /// <summary>Three views of one cluster that have each seen a part of what happened.</summary>
    private static Gossip[] History(int seed)
    {
        Random random = new(seed);
        Gossip start = Gossip.Empty.Update(s_nodes.Select((node, index) => MembershipTests.Up(node, index + 1))).Increment(s_nodes[0]);
        Gossip[] views = [start, start, start];
        for (int step = 0; step < 25; step++)
        {
            int at = random.Next(3);
            UniqueAddress subject = s_nodes[random.Next(5)];
            views[at] = random.Next(7) switch
            {
                0 or 1 when !subject.Equals(s_nodes[at]) => views[at] with { Reachability = views[at].Reachability.Unreachable(s_nodes[at], subject) },
                2 when !subject.Equals(s_nodes[at]) => views[at] with { Reachability = views[at].Reachability.Reachable(s_nodes[at], subject) },
                3 when views[at].Find(subject) is { Status: MemberStatus.Up } member => views[at].Update(member.Copy(MemberStatus.Leaving)),
                4 when views[at].Find(subject) is { Status: not MemberStatus.Down } member => views[at].Update(member.Copy(MemberStatus.Down)),
                5 when views[at].Find(subject) is { Status: MemberStatus.Down } && !subject.Equals(s_nodes[at]) => views[at].Remove([subject], random.Next(1000)),
                _ => GossipExchange.Receive(views[at], views[random.Next(3)], s_nodes[at]).View,
            };
            if (random.Next(2) == 0)
                views[at] = views[at].Increment(s_nodes[at]);
        }

        return views;
    }

    private static string Text(Gossip view) => string.Join('|',
        string.Join(';', view.Members.Select(member => $"{member.UniqueAddress.Uid} {member.Status} {member.UpNumber}")),
        string.Join(';', view.Reachability.Records.Select(record => (record.Observer.Uid, record.Subject.Uid)).Order()),
        string.Join(';', view.Reachability.Versions.Select(version => (version.Key.Uid, version.Value)).Order()),
        string.Join(';', view.Version.Versions.Select(version => (version.Key.Uid, version.Value)).Order()),
        string.Join(';', view.Tombstones.Select(tombstone => (tombstone.Key.Uid, tombstone.Value)).Order()));
}
