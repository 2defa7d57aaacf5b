using Akka.Actor;
using Akka.Cluster;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class ClusterTests
{
    // Who is cut off by Kill has nobody to say farewell to, and would wait for that.
    private const string EndsWithoutAWord = "akka.coordinated-shutdown.run-by-actor-system-terminate = off\n";

    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Given_three_nodes_When_one_ends_abruptly_Then_the_others_remove_it()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [nodes.StartCluster("ring", EndsWithoutAWord), nodes.StartCluster("ring", EndsWithoutAWord), nodes.StartCluster("ring", EndsWithoutAWord)];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).JoinSeedNodes([Nodes.AddressOf(systems[0])]);
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 3)), s_within, "all see three members up");

        Kill(systems[2]);

        await Eventually.True(() => Nodes.SeesUp(systems[0], 2) && Nodes.SeesUp(systems[1], 2), s_within, "the two others are alone");
    }

    [Fact]
    public async Task An_unknown_downing_strategy_ends_the_start()
    {
        await using Nodes nodes = new();

        Exception refused = Assert.ThrowsAny<Exception>(
            () => Akka.Cluster.Cluster.Get(nodes.StartCluster("ring", "akka.cluster.split-brain-resolver.active-strategy = keep-the-best")));

        Assert.Contains("keep-the-best", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_two_nodes_When_the_one_with_the_lowest_address_dies_Then_the_other_goes_on_alone()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [.. new[] { nodes.StartCluster("ring", EndsWithoutAWord), nodes.StartCluster("ring", EndsWithoutAWord) }.OrderBy(Nodes.AddressOf, Member.AddressOrdering)];
        foreach (ActorSystem system in systems)
            Akka.Cluster.Cluster.Get(system).Join(Nodes.AddressOf(systems[0]));
        await Eventually.True(() => systems.All(s => Nodes.SeesUp(s, 2)), s_within, "both see both up");

        Kill(systems[0]);

        await Eventually.True(() => Nodes.SeesUp(systems[1], 1), s_within, "the other is alone");
        Assert.Equal(Nodes.AddressOf(systems[1]), Akka.Cluster.Cluster.Get(systems[1]).State.Leader);
    }

    [Fact]
    public async Task Given_a_member_that_died_When_a_new_one_starts_at_its_address_Then_it_joins_and_the_old_one_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartCluster("ring", EndsWithoutAWord);
        ActorSystem second = nodes.StartCluster("ring", EndsWithoutAWord + "exo.cluster.down-on-evidence-of-death = off");
        Akka.Cluster.Cluster.Get(first).Join(Nodes.AddressOf(first));
        Akka.Cluster.Cluster.Get(second).Join(Nodes.AddressOf(first));
        await Eventually.True(() => Nodes.SeesUp(first, 2), s_within, "both are up");
        UniqueAddress old = Akka.Cluster.Cluster.Get(second).SelfUniqueAddress;
        Kill(second);

        ActorSystem again = nodes.StartCluster("ring", $"akka.remote.dot-netty.tcp.port = {old.Address.Port}");
        await Akka.Cluster.Cluster.Get(again).JoinAsync(Nodes.AddressOf(first)).WaitAsync(s_within);

        await Eventually.True(() => Nodes.SeesUp(first, 2) && Nodes.SeesUp(again, 2), s_within, "both see both up");
        Assert.DoesNotContain(Akka.Cluster.Cluster.Get(first).State.Members, m => m.UniqueAddress.Equals(old));
    }

    [Fact]
    public async Task A_subscriber_gets_the_state_first_and_then_every_step_in_order()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartCluster("ring", EndsWithoutAWord);
        Akka.Cluster.Cluster.Get(first).Join(Nodes.AddressOf(first));
        await Eventually.True(() => Nodes.SeesUp(first, 1), s_within, "the first is up");
        List<object> snapshots = [];
        List<object> replayed = [];
        IActorRef snapshot = first.ActorOf(Props.Create(() => new Recorder(snapshots)));
        IActorRef replay = first.ActorOf(Props.Create(() => new Recorder(replayed)));
        Akka.Cluster.Cluster.Get(first).Subscribe(snapshot, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.UnreachableMember));
        Akka.Cluster.Cluster.Get(first).Subscribe(replay, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

        ActorSystem second = nodes.StartCluster("ring", EndsWithoutAWord);
        Akka.Cluster.Cluster.Get(second).Join(Nodes.AddressOf(first));
        await Eventually.True(() => Nodes.SeesUp(first, 2), s_within, "both are up");
        Kill(second);

        string[] expected = ["CurrentClusterState", "MemberJoined", "MemberUp", "UnreachableMember", "MemberDowned", "MemberRemoved"];
        await Eventually.True(() => Names(snapshots).Length == expected.Length, s_within, "all events came", () => string.Join(", ", Names(snapshots)));
        Assert.Equal(expected, Names(snapshots));
        Assert.Equal(["MemberUp", "MemberJoined", "MemberUp", "MemberDowned", "MemberRemoved"], Names(replayed));
        Assert.Throws<ArgumentException>(() => Akka.Cluster.Cluster.Get(first).Subscribe(snapshot, typeof(string)));
    }

    [Fact]
    public async Task The_watcher_of_an_actor_on_a_member_is_told_when_the_member_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartCluster("ring", EndsWithoutAWord);
        ActorSystem second = nodes.StartCluster("ring", EndsWithoutAWord);
        foreach (ActorSystem system in new[] { first, second })
            Akka.Cluster.Cluster.Get(system).Join(Nodes.AddressOf(first));
        await Eventually.True(() => Nodes.SeesUp(first, 2) && Nodes.SeesUp(second, 2), s_within, "both are up");
        second.ActorOf(Props.Create(() => new Recorder(new List<object>())), "target");
        IActorRef target = await first.ActorSelection($"{Nodes.AddressOf(second)}/user/target").ResolveOne(s_within);
        Task<bool> ended = target.WatchAsync();

        Kill(second);

        Assert.True(await ended.WaitAsync(s_within));
        await Eventually.True(() => Nodes.SeesUp(first, 1), s_within, "the member is gone");
    }

    /// <summary>Ends a system's network at once, as the end of its process would.</summary>
    private static void Kill(ActorSystem system) => ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport.Dispose();

    private static string[] Names(List<object> events)
    {
        lock (events)
            return [.. events.Select(e => e.GetType().Name)];
    }

    private sealed class Recorder(List<object> events) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            lock (events)
                events.Add(message);
        }
    }
}
