using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Event;
using Akka.Tests.Kit;
using Akka.Tests.Remote;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class PubSubTests
{
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_publish_reaches_the_subscribers_of_every_node_and_keeps_its_sender()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 3);
        Probe[] subscribers = [.. systems.Select(system => new Probe(system))];
        foreach ((Probe subscriber, ActorSystem system) in subscribers.Zip(systems))
            await Subscribe(system, "news", subscriber);
        Probe publisher = new(systems[0]);
        await Known(systems[0], "news", 3);

        Mediator(systems[0]).Tell(new Publish("news", "one"), publisher.Ref);

        foreach (Probe subscriber in subscribers)
        {
            Assert.Equal("one", await subscriber.Expect<string>());
            Assert.Equal(publisher.Ref.Path.Elements, subscriber.LastSender.Path.Elements);
        }
    }

    [Fact]
    public async Task Messages_from_one_publisher_to_one_subscriber_keep_their_order_across_nodes()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 2);
        Probe subscriber = new(systems[1]);
        await Subscribe(systems[1], "news", subscriber);
        await Known(systems[0], "news", 1);

        for (int number = 0; number < 1000; number++)
            Mediator(systems[0]).Tell(new Publish("news", number), ActorRefs.NoSender);

        await subscriber.Expect([.. Enumerable.Range(0, 1000).Cast<object>()]);
    }

    [Fact]
    public async Task A_group_gets_one_copy_and_those_without_a_group_none_when_one_message_goes_to_each_group()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 2);
        Probe[] group = [new(systems[0]), new(systems[1]), new(systems[1])];
        Probe other = new(systems[1]);
        Probe alone = new(systems[0]);
        await Subscribe(systems[0], "work", group[0], "g");
        await Subscribe(systems[1], "work", group[1], "g");
        await Subscribe(systems[1], "work", group[2], "g");
        await Subscribe(systems[1], "work", other, "h");
        await Subscribe(systems[0], "work", alone);
        await Eventually.True(async () => await Groups(systems[0], "work") == 3, s_within, "both groups known on the first node");

        for (int number = 0; number < 20; number++)
            Mediator(systems[0]).Tell(new Publish("work", number, sendOneMessageToEachGroup: true), ActorRefs.NoSender);

        await other.Expect([.. Enumerable.Range(0, 20).Cast<object>()]);
        List<int> shared = [];
        await Eventually.True(() => { shared.AddRange(group.SelectMany(Received)); return shared.Count >= 20; }, s_within, "the group has got all");
        Assert.Equal(Enumerable.Range(0, 20), shared.Order());
        await alone.ExpectNothingMore();
    }

    [Fact]
    public async Task A_plain_publish_does_not_reach_subscribers_with_a_group()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring");
        Probe grouped = new(system);
        Probe alone = new(system);
        await Subscribe(system, "work", grouped, "g");
        await Subscribe(system, "work", alone);

        Mediator(system).Tell(new Publish("work", "x"), ActorRefs.NoSender);

        await alone.Expect("x");
        await grouped.ExpectNothingMore();
    }

    [Fact]
    public async Task Send_reaches_one_actor_under_the_path_and_prefers_the_local_one_if_asked()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 2);
        (Probe[] probes, IActorRef[] named) = await Put(systems, "store");
        await Eventually.True(async () => await Paths(systems[0], named[0]) == 2, s_within, "both registrations known on the first node");

        for (int number = 0; number < 10; number++)
            Mediator(systems[0]).Tell(new Send("/user/store", number, localAffinity: true), ActorRefs.NoSender);
        await probes[0].Expect([.. Enumerable.Range(0, 10).Cast<object>()]);
        await probes[1].ExpectNothingMore();

        Mediator(systems[0]).Tell(new SendToAll("/user/store", "all"), ActorRefs.NoSender);
        await probes[0].Expect("all");
        await probes[1].Expect("all");

        Mediator(systems[0]).Tell(new SendToAll("/user/store", "others", excludeSelf: true), ActorRefs.NoSender);
        await probes[1].Expect("others");
        await probes[0].ExpectNothingMore();

        Mediator(systems[0]).Tell(new Remove("/user/store"), ActorRefs.NoSender);
        Mediator(systems[0]).Tell(new Send("/user/store", "far"), ActorRefs.NoSender);
        await probes[1].Expect("far");
    }

    [Fact]
    public async Task A_subscriber_that_stops_is_unregistered_everywhere()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 2);
        Probe subscriber = new(systems[1]);
        await Subscribe(systems[1], "news", subscriber);
        await Known(systems[0], "news", 1);

        systems[1].Stop(subscriber.Ref);

        await Known(systems[0], "news", 0);
        Assert.Empty((await Mediator(systems[0]).Ask<CurrentTopics>(GetTopics.Instance, s_within)).Topics);
    }

    [Fact]
    public async Task A_message_for_a_topic_without_subscribers_is_a_dead_letter()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring");
        Probe dead = new(system);
        system.EventStream.Subscribe(dead.Ref, typeof(DeadLetter));

        Mediator(system).Tell(new Publish("nowhere", "x"), ActorRefs.NoSender);

        DeadLetter letter = await dead.Expect<DeadLetter>();
        Assert.Equal(new Publish("nowhere", "x"), letter.Message);
    }

    [Fact]
    public async Task The_registrations_of_a_removed_member_are_forgotten()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Cluster(nodes, 2);
        await Subscribe(systems[1], "news", new Probe(systems[1]));
        await Known(systems[0], "news", 1);

        await Akka.Cluster.Cluster.Get(systems[1]).LeaveAsync().WaitAsync(s_within);

        await Known(systems[0], "news", 0);
        Assert.Empty((await Mediator(systems[0]).Ask<CurrentTopics>(GetTopics.Instance, s_within)).Topics);
    }

    [Fact]
    public async Task A_node_that_joins_later_learns_of_earlier_subscriptions()
    {
        await using Nodes nodes = new();
        ActorSystem first = nodes.StartCluster("ring");
        Probe subscriber = new(first);
        await Subscribe(first, "news", subscriber);
        Akka.Cluster.Cluster.Get(first).Join(Nodes.AddressOf(first));
        ActorSystem second = nodes.StartCluster("ring");
        Akka.Cluster.Cluster.Get(second).Join(Nodes.AddressOf(first));
        await Known(second, "news", 1);

        Mediator(second).Tell(new Publish("news", "late"), ActorRefs.NoSender);

        await subscriber.Expect("late");
    }

    [Fact]
    public async Task A_routing_logic_that_does_not_exist_is_refused()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring", "akka.cluster.pub-sub.routing-logic = consistent-hashing");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => DistributedPubSub.Get(system));
        Assert.Contains("random, round-robin or broadcast", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_the_role_takes_no_part()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring", "akka.cluster.pub-sub.role = store");
        Assert.True(DistributedPubSub.Get(system).IsTerminated);
        Assert.Equal(system.DeadLetters, DistributedPubSub.Get(system).Mediator);
    }

    [Fact]
    public async Task Messages_survive_the_wire()
    {
        await using Nodes nodes = new();
        ExtendedActorSystem system = (ExtendedActorSystem)nodes.StartCluster("ring");
        UniqueAddressOf(system, out Akka.Cluster.UniqueAddress self);
        PubSubRegistry registry = PubSubRegistry.Of(self)
            .Set(Registration.Topic("a"), isThere: true, TimeSpan.Zero)
            .Set(Registration.Topic("b", "g"), isThere: true, TimeSpan.Zero)
            .Set(Registration.Path("/user/x"), isThere: true, TimeSpan.Zero)
            .Set(Registration.Topic("a"), isThere: false, TimeSpan.Zero);
        PubSubSerializer serializer = new(system);
        object[] messages = [new Publish("t", "m", true), new Send("/user/x", 3, true), new SendToAll("/user/x", 4L, true), new PubSubProtocol.Deliver(Registration.Topic("b", "g"), "m")];
        Assert.All(messages, message => Assert.Equal(message, serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message))));

        PubSubProtocol.Status status = new(self, registry.Versions, IsAnswer: true);
        PubSubProtocol.Status readStatus = (PubSubProtocol.Status)serializer.FromBinary(serializer.ToBinary(status), "ST1");
        Assert.Equal(status.Versions.ToArray(), readStatus.Versions.ToArray());
        PubSubProtocol.Delta delta = new(registry.MissingIn(new Dictionary<Akka.Cluster.UniqueAddress, long>(), 10));
        PubSubProtocol.Delta readDelta = (PubSubProtocol.Delta)serializer.FromBinary(serializer.ToBinary(delta), "DL1");
        Assert.Equal(delta.Parts.Single().Changes.ToArray(), readDelta.Parts.Single().Changes.ToArray());
    }

    private static void UniqueAddressOf(ActorSystem system, out Akka.Cluster.UniqueAddress self) => self = Akka.Cluster.Cluster.Get(system).SelfUniqueAddress;

    private static IActorRef Mediator(ActorSystem system) => DistributedPubSub.Get(system).Mediator;

    private static async Task<ActorSystem[]> Cluster(Nodes nodes, int count)
    {
        ActorSystem[] systems = [.. Enumerable.Range(0, count).Select(_ => nodes.StartCluster("ring"))];
        foreach (ActorSystem system in systems)
        {
            Assert.NotNull(Mediator(system));
            Akka.Cluster.Cluster.Get(system).Join(Nodes.AddressOf(systems[0]));
        }

        await Eventually.True(() => systems.All(system => Nodes.SeesUp(system, count)), s_within, "all see all up");
        return systems;
    }

    private static async Task Subscribe(ActorSystem system, string topic, Probe subscriber, string group = null)
    {
        Subscribe subscribe = new(topic, subscriber.Ref, group);
        Assert.Equal(subscribe, (await Mediator(system).Ask<SubscribeAck>(subscribe, s_within)).Subscribe);
    }

    private static async Task<(Probe[] Probes, IActorRef[] Named)> Put(ActorSystem[] systems, string name)
    {
        Probe[] probes = [.. systems.Select(system => new Probe(system))];
        IActorRef[] named = [.. systems.Zip(probes).Select(pair => pair.First.ActorOf(Props.Create(() => new Forwarder(pair.Second.Ref)), name))];
        foreach ((ActorSystem system, IActorRef actor) in systems.Zip(named))
            Mediator(system).Tell(new Put(actor), ActorRefs.NoSender);
        await Mediator(systems[0]).Ask<CurrentTopics>(GetTopics.Instance, s_within);
        return (probes, named);
    }

    private static Task Known(ActorSystem system, string topic, int onNodes) =>
        Eventually.True(async () => (await Registry(system)).NodesWith(Registration.Topic(topic)).Count() == onNodes, s_within, $"{topic} known on {onNodes} nodes");

    private static async Task<int> Groups(ActorSystem system, string topic) => (await Registry(system)).Groups(topic).Sum(group => group.Count());

    private static async Task<int> Paths(ActorSystem system, IActorRef actor) =>
        (await Registry(system)).NodesWith(Registration.Path(actor.Path.ToStringWithoutAddress())).Count();

    private static Task<PubSubRegistry> Registry(ActorSystem system) => Mediator(system).Ask<PubSubRegistry>(new PubSubProtocol.Inspect(), s_within);

    private static IEnumerable<int> Received(Probe probe) => probe.Unread().Select(envelope => (int)envelope.Message);

    private sealed class Forwarder(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Forward(message);
    }
}
