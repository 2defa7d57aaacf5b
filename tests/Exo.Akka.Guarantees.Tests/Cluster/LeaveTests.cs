using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Remote;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class LeaveTests
{
    [Fact]
    public async Task A_member_that_leaves_goes_by_Left_and_Exited_to_Removed_and_its_system_ends()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Probe events = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.IMemberEvent));

        await Rings.Of(systems[1]).LeaveAsync().WaitAsync(Remotes.Within);

        await systems[1].WhenTerminated.WaitAsync(Remotes.Within);
        Assert.Same(CoordinatedShutdown.ClusterLeavingReason.Instance, CoordinatedShutdown.Get(systems[1]).ShutdownReason);
        Assert.Equal(["CurrentClusterState", "MemberLeft", "MemberExited", "MemberRemoved"], await events.NamesUntil("MemberRemoved"));
        await Rings.ExpectUp(systems[0]);
    }

    [Fact]
    public async Task LeaveAsync_ends_when_the_node_is_Removed()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Akka.Cluster.Cluster cluster = Rings.Of(systems[1]);

        await cluster.LeaveAsync().WaitAsync(Remotes.Within);

        Assert.NotEqual(MemberStatus.Up, cluster.SelfMember.Status);
        await Eventually.True(() => cluster.IsTerminated, Remotes.Within, "the cluster has ended here");
    }

    [Fact]
    public async Task A_node_can_be_made_to_leave_by_another()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);

        Rings.Of(systems[0]).Leave(Nodes.AddressOf(systems[2]));

        await systems[2].WhenTerminated.WaitAsync(Remotes.Within);
        await Rings.ExpectUp(systems[..2]);
    }

    [Fact]
    public async Task The_end_of_a_system_is_a_leave()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Probe events = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.IMemberEvent));

        await systems[1].Terminate();

        Assert.Equal(["CurrentClusterState", "MemberLeft", "MemberExited", "MemberRemoved"], await events.NamesUntil("MemberRemoved"));
    }

    [Fact]
    public async Task MemberRemoved_tells_the_status_before()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);
        Probe events = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.MemberRemoved));
        await events.Expect<ClusterEvent.CurrentClusterState>();

        Rings.Of(systems[1]).Leave(Nodes.AddressOf(systems[1]));
        ClusterEvent.MemberRemoved left = await events.Expect<ClusterEvent.MemberRemoved>();
        Rings.Of(systems[0]).Down(Nodes.AddressOf(systems[2]));
        ClusterEvent.MemberRemoved downed = await events.Expect<ClusterEvent.MemberRemoved>();

        Assert.Equal((Nodes.AddressOf(systems[1]), MemberStatus.Removed, MemberStatus.Exiting), (left.Member.Address, left.Member.Status, left.PreviousStatus));
        Assert.Equal((Nodes.AddressOf(systems[2]), MemberStatus.Removed, MemberStatus.Down), (downed.Member.Address, downed.Member.Status, downed.PreviousStatus));
    }

    [Fact]
    public async Task A_join_after_leaving_does_nothing()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        await Rings.Of(systems[1]).LeaveAsync().WaitAsync(Remotes.Within);
        await systems[1].WhenTerminated.WaitAsync(Remotes.Within);

        Rings.Of(systems[1]).Join(Nodes.AddressOf(systems[0]));

        await Rings.ExpectUp(systems[0]);
        Assert.True(Rings.Of(systems[1]).IsTerminated);
    }

    [Fact]
    public async Task After_leaving_a_new_system_joins_at_the_same_address_with_another_uid()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        UniqueAddress old = Rings.Of(systems[1]).SelfUniqueAddress;
        await systems[1].Terminate();

        ActorSystem again = Rings.Outsider(nodes, $"akka.remote.dot-netty.tcp.port = {old.Address.Port}");
        Rings.Of(again).Join(Nodes.AddressOf(systems[0]));

        await Rings.ExpectUp(systems[0], again);
        Assert.Equal(old.Address, Rings.Of(again).SelfAddress);
        Assert.NotEqual(old.Uid, Rings.Of(again).SelfUniqueAddress.Uid);
    }

    [Fact]
    public async Task A_member_that_leaves_while_Joining_is_removed_and_was_never_Up()
    {
        const string Three = "akka.cluster.min-nr-of-members = 3\nakka.cluster.allow-weakly-up-members = off";
        await using Nodes nodes = new();
        ActorSystem first = Rings.Outsider(nodes, Three);
        Rings.Of(first).Join(Nodes.AddressOf(first));
        ActorSystem second = Rings.Outsider(nodes, Three);
        Rings.Of(second).Join(Nodes.AddressOf(first));
        await Rings.Expect([first], "both are joining", system => Rings.Of(system).State.Members.Count == 2);
        Probe events = new(first);
        Rings.Of(first).Subscribe(events.Ref, typeof(ClusterEvent.IMemberEvent));

        Rings.Of(first).Down(Nodes.AddressOf(second));

        Assert.DoesNotContain("MemberUp", await events.NamesUntil("MemberRemoved"));
    }

    [Fact]
    public async Task Removal_quarantines_the_incarnation_on_all_members()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);
        UniqueAddress downed = Rings.Of(systems[2]).SelfUniqueAddress;
        Probe[] saw = [.. systems[..2].Select(system => Remotes.Listen(system, typeof(QuarantinedEvent)))];

        Rings.Of(systems[0]).Down(downed.Address);

        foreach (Probe probe in saw)
        {
            QuarantinedEvent quarantined = await probe.Expect<QuarantinedEvent>();
            Assert.Equal((downed.Address, downed.Uid), (quarantined.Address, quarantined.Uid));
        }
    }
}
