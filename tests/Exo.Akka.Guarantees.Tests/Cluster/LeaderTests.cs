using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class LeaderTests
{
    [Fact]
    public async Task The_leader_is_the_member_with_the_lowest_address()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);
        Address lowest = systems.Select(Nodes.AddressOf).Order(Member.AddressOrdering).First();

        await Rings.Expect(systems, "all agree on the leader", system => lowest.Equals(Rings.Of(system).State.Leader));
    }

    [Fact]
    public async Task A_role_is_led_by_the_lowest_address_with_the_role()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3, "", i => i > 0 ? "akka.cluster.roles = [store]" : "");
        Address lowest = systems[1..].Select(Nodes.AddressOf).Order(Member.AddressOrdering).First();

        await Rings.Expect(systems, "all agree on the role's leader", system => lowest.Equals(Rings.Of(system).State.RoleLeader("store")));
        Assert.Null(Rings.Of(systems[0]).State.RoleLeader("nobody's"));
    }

    [Fact]
    public async Task A_change_of_leader_is_told_with_the_new_one()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2, "akka.cluster.roles = [store]");
        ActorSystem[] byAddress = [.. systems.OrderBy(Nodes.AddressOf, Member.AddressOrdering)];
        await Rings.Expect(systems, "all agree on the leader", system => Nodes.AddressOf(byAddress[0]).Equals(Rings.Of(system).State.Leader));
        Probe leaders = new(byAddress[1]);
        Probe roleLeaders = new(byAddress[1]);
        Rings.Of(byAddress[1]).Subscribe(leaders.Ref, typeof(ClusterEvent.LeaderChanged));
        Rings.Of(byAddress[1]).Subscribe(roleLeaders.Ref, typeof(ClusterEvent.RoleLeaderChanged));
        await leaders.Expect<ClusterEvent.CurrentClusterState>();
        await roleLeaders.Expect<ClusterEvent.CurrentClusterState>();

        Rings.Of(byAddress[0]).Leave(Nodes.AddressOf(byAddress[0]));

        Assert.Equal(Nodes.AddressOf(byAddress[1]), (await leaders.Expect<ClusterEvent.LeaderChanged>()).Leader);
        ClusterEvent.RoleLeaderChanged changed = await roleLeaders.Expect<ClusterEvent.RoleLeaderChanged>();
        Assert.Equal(("store", Nodes.AddressOf(byAddress[1])), (changed.Role, changed.Leader));
    }
}
