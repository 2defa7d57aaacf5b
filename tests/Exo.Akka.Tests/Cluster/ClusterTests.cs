using Akka.Actor;
using Akka.Cluster;
using Akka.Tests.Remote;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class ClusterTests
{
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Given_three_nodes_When_they_join_the_first_Then_all_see_all_up()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [nodes.StartCluster("ring"), nodes.StartCluster("ring"), nodes.StartCluster("ring")];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).JoinSeedNodes([Nodes.AddressOf(systems[0])]);
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 3)), s_within, "all see three members up");
    }

    [Fact]
    public async Task Given_three_nodes_When_one_ends_abruptly_Then_the_others_remove_it()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [nodes.StartCluster("ring"), nodes.StartCluster("ring"), nodes.StartCluster("ring")];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).JoinSeedNodes([Nodes.AddressOf(systems[0])]);
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 3)), s_within, "all see three members up");

        ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)systems[2]).Provider).Transport.Dispose();

        await Eventually.True(() => Nodes.SeesUp(systems[0], 2) && Nodes.SeesUp(systems[1], 2), s_within, "the two others are alone");
    }

    [Fact]
    public async Task Given_two_nodes_When_one_leaves_Then_it_ends_and_the_other_stays()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartCluster("ring");
        ActorSystem second = nodes.StartCluster("ring");
        Akka.Cluster.Cluster.Get(first).Join(Nodes.AddressOf(first));
        Akka.Cluster.Cluster.Get(second).Join(Nodes.AddressOf(first));
        await Eventually.True(() => Nodes.SeesUp(first, 2) && Nodes.SeesUp(second, 2), s_within, "both see both up");

        await Akka.Cluster.Cluster.Get(second).LeaveAsync().WaitAsync(s_within);

        await second.WhenTerminated.WaitAsync(s_within);
        await Eventually.True(() => Nodes.SeesUp(first, 1), s_within, "the first is alone");
    }
}
