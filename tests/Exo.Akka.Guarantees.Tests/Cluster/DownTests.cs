using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class DownTests
{
    [Fact]
    public async Task A_downed_member_ends_itself_and_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Probe events = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(events.Ref, typeof(ClusterEvent.IMemberEvent));

        Rings.Of(systems[0]).Down(Nodes.AddressOf(systems[1]));

        await systems[1].WhenTerminated.WaitAsync(Remotes.Within);
        Assert.Same(CoordinatedShutdown.ClusterDowningReason.Instance, CoordinatedShutdown.Get(systems[1]).ShutdownReason);
        Assert.Equal(["CurrentClusterState", "MemberDowned", "MemberRemoved"], await events.NamesUntil("MemberRemoved"));
        await Rings.ExpectUp(systems[0]);
    }

    [Fact]
    public async Task A_node_that_downs_itself_sees_itself_as_Down_after_its_end()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);

        Rings.Of(systems[1]).Down(Nodes.AddressOf(systems[1]));

        await systems[1].WhenTerminated.WaitAsync(Remotes.Within);
        Assert.Equal(MemberStatus.Down, Rings.Of(systems[1]).SelfMember.Status);
        await Rings.ExpectUp(systems[0]);
    }

    [Fact]
    public async Task Without_a_coordinated_shutdown_a_downed_node_ends_its_cluster_and_keeps_its_system()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2, "akka.cluster.run-coordinated-shutdown-when-down = off");

        Rings.Of(systems[0]).Down(Nodes.AddressOf(systems[1]));

        await Eventually.True(() => Rings.Of(systems[1]).IsTerminated, Remotes.Within, "the cluster has ended there");
        Assert.False(systems[1].WhenTerminated.IsCompleted);
        await Rings.ExpectUp(systems[0]);
    }

    [Fact]
    public async Task The_watcher_of_an_actor_on_a_member_is_told_when_the_member_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        systems[1].ActorOf(Props.Create(() => new Echo()), "target");
        IActorRef target = await Remotes.Find(systems[0], systems[1], "target");
        Probe watcher = new(systems[0]);
        await watcher.Do(context => context.Watch(target));
        Assert.Equal("ready", await target.Ask<string>("ready", Remotes.Within));

        Rings.Of(systems[0]).Down(Nodes.AddressOf(systems[1]));

        Assert.Equal(target, (await watcher.Expect<Terminated>()).ActorRef);
    }

    [Fact]
    public async Task The_members_left_remove_one_that_ended_without_a_word()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3, Remotes.EndsWithoutAWord + "akka.cluster.split-brain-resolver.stable-after = 1s");

        await systems[2].Terminate();

        await Rings.ExpectUp(systems[..2]);
    }

    [Fact]
    public async Task An_own_downing_provider_is_made_with_the_system_and_the_cluster()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(
            nodes, 1, "akka.cluster.downing-provider-class = \"Akka.Guarantees.Cluster.DownTests+OwnDowning, Exo.Akka.Guarantees.Tests\"");

        OwnDowning provider = Assert.IsType<OwnDowning>(Rings.Of(systems[0]).DowningProvider);
        Assert.Same(systems[0], provider.System);
        Assert.Same(Rings.Of(systems[0]), provider.Cluster);
    }

    [Fact]
    public async Task Without_a_downing_provider_nobody_is_downed_for_being_silent()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1, "akka.cluster.downing-provider-class = \"\"");

        Assert.IsType<NoDowning>(Rings.Of(systems[0]).DowningProvider);
        Assert.Null(Rings.Of(systems[0]).DowningProvider.DowningActorProps);
    }

    internal sealed class OwnDowning(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
    {
        public ActorSystem System => system;

        public Akka.Cluster.Cluster Cluster => cluster;

        public TimeSpan DownRemovalMargin => TimeSpan.Zero;

        public Props DowningActorProps => null;
    }
}
