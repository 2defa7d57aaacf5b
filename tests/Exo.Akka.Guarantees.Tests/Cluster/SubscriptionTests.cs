using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class SubscriptionTests
{
    [Fact]
    public async Task A_subscriber_gets_the_state_first_even_when_it_is_empty()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe subscriber = new(system);

        Rings.Of(system).Subscribe(subscriber.Ref, typeof(ClusterEvent.IMemberEvent));

        Assert.Empty((await subscriber.Expect<ClusterEvent.CurrentClusterState>()).Members);
    }

    [Fact]
    public async Task A_subscriber_gets_the_steps_of_a_member_in_order()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        Probe subscriber = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(subscriber.Ref, typeof(ClusterEvent.IMemberEvent));
        ClusterEvent.CurrentClusterState state = await subscriber.Expect<ClusterEvent.CurrentClusterState>();
        Assert.Equal([Nodes.AddressOf(systems[0])], state.Members.Select(m => m.Address));

        ActorSystem second = Rings.Outsider(nodes);
        Rings.Of(second).Join(Nodes.AddressOf(systems[0]));
        await Rings.ExpectUp(systems[0], second);
        await second.Terminate();

        Assert.Equal(["MemberJoined", "MemberUp", "MemberLeft", "MemberExited", "MemberRemoved"], await subscriber.NamesUntil("MemberRemoved"));
    }

    [Fact]
    public async Task As_events_the_present_members_are_replayed_in_place_of_the_state()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Probe subscriber = new(systems[0]);

        Rings.Of(systems[0]).Subscribe(subscriber.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

        HashSet<Address> up = [(await subscriber.Expect<ClusterEvent.MemberUp>()).Member.Address, (await subscriber.Expect<ClusterEvent.MemberUp>()).Member.Address];
        Assert.True(up.SetEquals(systems.Select(Nodes.AddressOf)));
        await subscriber.ExpectNothingMore();
    }

    [Fact]
    public async Task A_subscription_to_a_base_type_gives_all_below_it()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.roles = [store]");
        Probe all = new(system);
        Probe changes = new(system);
        Rings.Of(system).Subscribe(all.Ref, typeof(ClusterEvent.IClusterDomainEvent));
        Rings.Of(system).Subscribe(changes.Ref, typeof(ClusterEvent.MemberStatusChange));

        Rings.Of(system).Join(Nodes.AddressOf(system));

        // A state may be too short-lived to be told: MemberJoined comes, or it does not.
        Assert.Equal(["CurrentClusterState", "MemberUp"], (await changes.NamesUntil("MemberUp")).Except(["MemberJoined"]));
        string[] expected = ["MemberUp", "LeaderChanged", "RoleLeaderChanged"];
        List<string> names = [];
        foreach (string name in expected)
            names.AddRange(names.Contains(name) ? [] : await all.NamesUntil(name));
        Assert.Empty(expected.Except(names));
    }

    [Fact]
    public async Task A_subscription_gives_nothing_beside_its_types()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe subscriber = new(system);
        Rings.Of(system).Subscribe(subscriber.Ref, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.LeaderChanged));

        Rings.Of(system).Join(Nodes.AddressOf(system));

        string[] names = await subscriber.NamesUntil("MemberUp");
        Assert.Empty(names.Except(["CurrentClusterState", "MemberUp", "LeaderChanged"]));
    }

    [Fact]
    public async Task A_type_that_is_no_event_of_a_cluster_is_refused()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);

        Assert.Throws<ArgumentException>(() => Rings.Of(system).Subscribe(ActorRefs.Nobody, typeof(string)));
    }

    [Fact]
    public async Task Unsubscribing_ends_one_type_or_all()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe some = new(system);
        Probe none = new(system);
        foreach (Probe probe in new[] { some, none })
            Rings.Of(system).Subscribe(probe.Ref, typeof(ClusterEvent.MemberJoined), typeof(ClusterEvent.MemberUp));
        Rings.Of(system).Unsubscribe(some.Ref, typeof(ClusterEvent.MemberJoined));
        Rings.Of(system).Unsubscribe(none.Ref);

        Rings.Of(system).Join(Nodes.AddressOf(system));

        Assert.Equal(["CurrentClusterState", "MemberUp"], await some.NamesUntil("MemberUp"));
        await none.Expect<ClusterEvent.CurrentClusterState>();
        await none.ExpectNothingMore();
    }

    [Fact]
    public async Task A_subscriber_that_stops_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe subscriber = new(system);
        Probe dead = Remotes.Listen(system, typeof(AllDeadLetters));
        Rings.Of(system).Subscribe(subscriber.Ref, typeof(ClusterEvent.IMemberEvent));
        await subscriber.Expect<ClusterEvent.CurrentClusterState>();
        Assert.True(await subscriber.Ref.GracefulStop(Remotes.Within));

        // Its end is known to the cluster before what is asked after it.
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        Rings.Of(system).Join(Nodes.AddressOf(system));
        await Rings.ExpectUp(system);

        Assert.DoesNotContain(dead.Unread(), letter => ((AllDeadLetters)letter.Message).Message is ClusterEvent.IMemberEvent);
    }

    [Fact]
    public async Task The_state_is_sent_to_whoever_it_is_asked_for()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Probe probe = new(systems[1]);

        Rings.Of(systems[1]).SendCurrentClusterState(probe.Ref);

        Assert.Equal(2, (await probe.Expect<ClusterEvent.CurrentClusterState>()).Members.Count);
    }

    [Fact]
    public async Task Members_are_told_of_a_shutdown_of_their_cluster()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1, "akka.cluster.run-coordinated-shutdown-when-down = off");
        Probe probe = new(systems[0]);
        Rings.Of(systems[0]).Subscribe(probe.Ref, typeof(ClusterEvent.ClusterShuttingDown));

        Rings.Of(systems[0]).Down(Nodes.AddressOf(systems[0]));

        Assert.Contains(nameof(ClusterEvent.ClusterShuttingDown), await probe.NamesUntil(nameof(ClusterEvent.ClusterShuttingDown)));
    }
}
