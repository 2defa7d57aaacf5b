using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class PartitionTests
{
    private const string NobodyDowns = Parted.Detection + "akka.cluster.downing-provider-class = \"\"\n";

    [Fact]
    public async Task A_member_that_is_not_heard_is_Unreachable_and_Reachable_again_when_it_is()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, NobodyDowns);
        Probe events = new(trio.Systems[0]);
        Rings.Of(trio.Systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.IReachabilityEvent));
        await events.Expect<ClusterEvent.CurrentClusterState>();

        trio.Part(2);
        Assert.Equal(Nodes.AddressOf(trio.Systems[2]), (await events.Expect<ClusterEvent.UnreachableMember>()).Member.Address);
        await Parted.ExpectOneAway(trio);
        trio.Heal();

        // What the other side saw meanwhile may be told in between.
        await Eventually.True(
            () => events.Unread().Any(told => told.Message is ClusterEvent.ReachableMember back && back.Member.Address.Equals(Nodes.AddressOf(trio.Systems[2]))),
            Remotes.Within,
            "it is told to be reachable again");
        await Rings.ExpectUp(trio.Systems);
        await Rings.Expect(trio.Systems, "all see all again", system => Islands.Unreachable(system) == 0);
    }

    [Fact]
    public async Task What_one_member_observes_is_gossiped_to_the_others()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, NobodyDowns);

        trio.Estrange(1, 2);

        await Rings.Expect(trio.Systems[..1], "the one that hears both is told", system => Islands.Unreachable(system) > 0);
    }

    [Fact]
    public async Task As_events_an_unreachable_member_is_replayed_as_such()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, NobodyDowns);
        trio.Part(2);
        await Parted.ExpectOneAway(trio);
        Probe subscriber = new(trio.Systems[0]);

        Rings.Of(trio.Systems[0]).Subscribe(subscriber.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember));

        Assert.Equal(Nodes.AddressOf(trio.Systems[2]), (await subscriber.Expect<ClusterEvent.UnreachableMember>()).Member.Address);
    }

    [Fact]
    public async Task While_a_member_is_unreachable_another_that_joins_is_WeaklyUp_and_Up_once_it_is_Down()
    {
        const string Weakly = NobodyDowns + "akka.cluster.allow-weakly-up-members = 300ms\n";
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, Weakly);
        trio.Part(2);
        await Parted.ExpectOneAway(trio);
        Probe events = new(trio.Systems[0]);
        Rings.Of(trio.Systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.MemberWeaklyUp), typeof(ClusterEvent.MemberUp));

        ActorSystem fourth = nodes.StartCluster("ring", Weakly);
        Rings.Of(fourth).Join(Nodes.AddressOf(trio.Systems[0]));
        await Rings.ExpectStatus(fourth, MemberStatus.WeaklyUp);
        Assert.True(Rings.Of(fourth).IsUp);
        Rings.Of(trio.Systems[0]).Down(Nodes.AddressOf(trio.Systems[2]));

        await Rings.ExpectUp(trio.Systems[0], trio.Systems[1], fourth);
        Assert.Equal(["CurrentClusterState", "MemberWeaklyUp", "MemberUp"], await events.NamesUntil("MemberUp"));
    }

    [Fact]
    public async Task Where_WeaklyUp_is_off_nobody_joins_while_a_member_is_unreachable()
    {
        const string Never = NobodyDowns + "akka.cluster.allow-weakly-up-members = off\n";
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, Never);
        trio.Part(2);
        await Parted.ExpectOneAway(trio);

        ActorSystem fourth = nodes.StartCluster("ring", Never);
        Rings.Of(fourth).Join(Nodes.AddressOf(trio.Systems[0]));
        await Rings.ExpectStatus(fourth, MemberStatus.Joining);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(MemberStatus.Joining, Rings.Of(fourth).SelfMember.Status);
        Rings.Of(trio.Systems[0]).Down(Nodes.AddressOf(trio.Systems[2]));

        await Rings.ExpectUp(trio.Systems[0], trio.Systems[1], fourth);
    }

    [Fact]
    public async Task The_leader_is_not_an_unreachable_member()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, NobodyDowns);
        await Rings.Expect(trio.Systems, "the lowest address leads", system => Nodes.AddressOf(trio.Systems[0]).Equals(Rings.Of(system).State.Leader));

        trio.Part(0);

        await Rings.Expect(trio.Systems[1..], "the next leads on this side", system => Nodes.AddressOf(trio.Systems[1]).Equals(Rings.Of(system).State.Leader));
        await Rings.Expect(trio.Systems[..1], "the lowest still leads on its side", system => Nodes.AddressOf(trio.Systems[0]).Equals(Rings.Of(system).State.Leader));
    }

    [Fact]
    public async Task A_silent_member_that_is_downed_by_hand_is_removed_and_cannot_come_back()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, NobodyDowns);
        trio.Part(2);
        await Parted.ExpectOneAway(trio);

        Rings.Of(trio.Systems[1]).Down(Nodes.AddressOf(trio.Systems[2]));
        await Rings.ExpectUp(trio.Systems[..2]);
        trio.Heal();

        await Task.Delay(TimeSpan.FromSeconds(1));
        await Rings.ExpectUp(trio.Systems[..2]);
    }
}
