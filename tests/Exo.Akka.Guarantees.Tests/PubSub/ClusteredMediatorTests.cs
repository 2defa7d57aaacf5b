using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.PubSub;

public sealed class ClusteredMediatorTests
{
    [Fact]
    public async Task A_publish_reaches_the_subscribers_of_every_node_and_keeps_its_sender()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Mediators.Start(nodes, 3);
        Probe[] subscribers = [.. systems.Select(system => new Probe(system))];
        foreach ((Probe subscriber, ActorSystem system) in subscribers.Zip(systems))
            await Mediators.Subscribe(system, "news", subscriber);
        await Mediators.Reaches(systems[0], message => new Publish("news", message), subscribers);
        Probe publisher = new(systems[0]);

        Mediators.Of(systems[0]).Tell(new Publish("news", "one"), publisher.Ref);

        foreach (Probe subscriber in subscribers)
        {
            Assert.Equal("one", await subscriber.Expect<string>());
            Assert.Equal(publisher.Ref.Path.Elements, subscriber.LastSender.Path.Elements);
        }
    }

    [Fact]
    public async Task Messages_of_one_publisher_to_one_subscriber_keep_their_order_across_nodes()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Mediators.Start(nodes, 2);
        Probe subscriber = new(systems[1]);
        await Mediators.Subscribe(systems[1], "news", subscriber);
        await Mediators.Reaches(systems[0], message => new Publish("news", message), subscriber);

        for (int number = 0; number < 1000; number++)
            Mediators.Of(systems[0]).Tell(new Publish("news", number), ActorRefs.NoSender);

        await subscriber.Expect([.. Enumerable.Range(0, 1000).Cast<object>()]);
    }

    [Fact]
    public async Task Of_a_group_one_subscriber_on_whichever_node_gets_each_message()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Mediators.Start(nodes, 2);
        Probe[] group = [new(systems[0]), new(systems[1])];
        Probe other = new(systems[1]);
        await Mediators.Subscribe(systems[0], "work", group[0], "g");
        await Mediators.Subscribe(systems[1], "work", group[1], "g");
        await Mediators.Subscribe(systems[1], "work", other, "h");
        await Eventually.True(
            async () =>
            {
                Mediators.Of(systems[0]).Tell(new Publish("work", -1, sendOneMessageToEachGroup: true), ActorRefs.NoSender);
                await Task.Delay(TimeSpan.FromMilliseconds(20));
                return group[1].Unread().Count > 0 && other.Unread().Count > 0;
            },
            Remotes.Within,
            "the other node's members of the group are known");

        for (int number = 0; number < 20; number++)
            Mediators.Of(systems[0]).Tell(new Publish("work", number, sendOneMessageToEachGroup: true), ActorRefs.NoSender);

        List<int> shared = [];
        List<int> others = [];
        await Eventually.True(
            () =>
            {
                shared.AddRange(group.SelectMany(Received));
                others.AddRange(Received(other));
                return shared.Count >= 20 && others.Count >= 20;
            },
            Remotes.Within,
            "each group has got all");
        Assert.Equal(Enumerable.Range(0, 20), shared.Order());
        Assert.Equal(Enumerable.Range(0, 20), others);
    }

    [Fact]
    public async Task A_send_reaches_one_actor_under_the_path_and_the_local_one_if_asked()
    {
        await using Nodes nodes = new();
        (ActorSystem[] systems, Probe[] probes) = await Stores(nodes);

        for (int number = 0; number < 10; number++)
            Mediators.Of(systems[0]).Tell(new Send("/user/store", number, localAffinity: true), ActorRefs.NoSender);

        await probes[0].Expect([.. Enumerable.Range(0, 10).Cast<object>()]);
        await probes[1].ExpectNothingMore();
        Mediators.Of(systems[0]).Tell(new Send("/user/store", "anyone"), ActorRefs.NoSender);
        List<Envelope> got = [];
        await Eventually.True(() => { got.AddRange(probes.SelectMany(probe => probe.Unread())); return got.Count > 0; }, Remotes.Within, "one of them gets it");
        Assert.Equal("anyone", Assert.Single(got).Message);
    }

    [Fact]
    public async Task A_send_to_all_reaches_every_actor_under_the_path_or_all_but_the_local_one()
    {
        await using Nodes nodes = new();
        (ActorSystem[] systems, Probe[] probes) = await Stores(nodes);

        Mediators.Of(systems[0]).Tell(new SendToAll("/user/store", "all"), ActorRefs.NoSender);
        await probes[0].Expect("all");
        await probes[1].Expect("all");
        Mediators.Of(systems[0]).Tell(new SendToAll("/user/store", "others", excludeSelf: true), ActorRefs.NoSender);

        await probes[1].Expect("others");
        await probes[0].ExpectNothingMore();
    }

    [Fact]
    public async Task A_removed_path_is_sent_to_on_the_other_nodes_alone()
    {
        await using Nodes nodes = new();
        (ActorSystem[] systems, Probe[] probes) = await Stores(nodes);

        Mediators.Of(systems[0]).Tell(new Remove("/user/store"), ActorRefs.NoSender);
        Mediators.Of(systems[0]).Tell(new Send("/user/store", "far"), ActorRefs.NoSender);

        await probes[1].Expect("far");
    }

    [Fact]
    public async Task Topics_of_other_nodes_are_known_after_gossip()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Mediators.Start(nodes, 2);
        await Mediators.Subscribe(systems[1], "news", new Probe(systems[1]));

        await Eventually.True(async () => (await Mediators.Topics(systems[0])).Contains("news"), Remotes.Within, "the topic is known on the other node");
    }

    [Fact]
    public async Task The_registrations_of_a_member_that_left_are_forgotten()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Mediators.Start(nodes, 2);
        await Mediators.Subscribe(systems[1], "news", new Probe(systems[1]));
        await Eventually.True(async () => (await Mediators.Topics(systems[0])).Contains("news"), Remotes.Within, "the topic is known on the other node");

        await Rings.Of(systems[1]).LeaveAsync().WaitAsync(Remotes.Within);

        await Eventually.True(async () => !(await Mediators.Topics(systems[0])).Contains("news"), Remotes.Within, "the topic is gone");
    }

    [Fact]
    public async Task A_node_that_joins_later_learns_of_earlier_subscriptions()
    {
        await using Nodes nodes = new();
        ActorSystem[] first = await Mediators.Start(nodes, 1);
        Probe subscriber = new(first[0]);
        await Mediators.Subscribe(first[0], "news", subscriber);
        ActorSystem second = Rings.Outsider(nodes);
        Assert.NotNull(Mediators.Of(second));

        Rings.Of(second).Join(Nodes.AddressOf(first[0]));

        await Mediators.Reaches(second, message => new Publish("news", message), subscriber);
    }

    [Fact]
    public async Task A_node_that_is_Joining_is_not_yet_reached()
    {
        const string Two = "akka.cluster { min-nr-of-members = 3, allow-weakly-up-members = off\n }";
        await using Nodes nodes = new();
        ActorSystem first = Rings.Outsider(nodes, Two);
        ActorSystem second = Rings.Outsider(nodes, Two);
        foreach (ActorSystem system in new[] { first, second })
        {
            Assert.NotNull(Mediators.Of(system));
            Rings.Of(system).Join(Nodes.AddressOf(first));
        }

        await Rings.Expect([first, second], "both are joining", system => Rings.Of(system).State.Members.Count == 2);
        Probe subscriber = new(second);
        await Mediators.Subscribe(second, "news", subscriber);
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Empty(await Mediators.Topics(first));

        ActorSystem third = Rings.Outsider(nodes, Two);
        Assert.NotNull(Mediators.Of(third));
        Rings.Of(third).Join(Nodes.AddressOf(first));
        await Rings.ExpectUp(first, second, third);

        await Mediators.Reaches(first, message => new Publish("news", message), subscriber);
    }

    /// <summary>Two nodes with an actor under the same path each, known to both.</summary>
    private static async Task<(ActorSystem[] Systems, Probe[] Probes)> Stores(Nodes nodes)
    {
        ActorSystem[] systems = await Mediators.Start(nodes, 2);
        Probe[] probes = [.. systems.Select(system => new Probe(system))];
        foreach ((ActorSystem system, Probe probe) in systems.Zip(probes))
        {
            IActorRef to = probe.Ref;
            Mediators.Of(system).Tell(new Put(system.ActorOf(Props.Create(() => new Forwarder(to)), "store")), ActorRefs.NoSender);
        }

        await Mediators.Reaches(systems[0], message => new SendToAll("/user/store", message), probes);
        return (systems, probes);
    }

    private static IEnumerable<int> Received(Probe probe) => probe.Unread().Select(envelope => (int)envelope.Message).Where(number => number >= 0);

    private sealed class Forwarder(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Forward(message);
    }
}
