using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class PubSubTests
{
    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(20);

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
    public async Task A_routing_logic_that_does_not_exist_is_refused()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring", "akka.cluster.pub-sub.routing-logic = consistent-hashing");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => DistributedPubSub.Get(system));
        Assert.Contains("random, round-robin or broadcast", refused.Message, StringComparison.Ordinal);
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

    private static Task Known(ActorSystem system, string topic, int onNodes) =>
        Eventually.True(async () => (await Registry(system)).NodesWith(Registration.Topic(topic)).Count() == onNodes, s_within, $"{topic} known on {onNodes} nodes");

    private static Task<PubSubRegistry> Registry(ActorSystem system) => Mediator(system).Ask<PubSubRegistry>(new PubSubProtocol.Inspect(), s_within);
}
