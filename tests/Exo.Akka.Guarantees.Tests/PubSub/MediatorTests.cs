using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Event;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.PubSub;

public sealed class MediatorTests
{
    [Fact]
    public async Task The_mediator_lives_below_system()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);

        Assert.Equal("/system/distributedPubSubMediator", Mediators.Of(system).Path.ToStringWithoutAddress());
        Assert.False(DistributedPubSub.Get(system).IsTerminated);
    }

    [Fact]
    public void The_documented_defaults_hold()
    {
        Config config = DistributedPubSub.DefaultConfig().GetConfig("akka.cluster.pub-sub");

        Assert.Equal("distributedPubSubMediator", config.GetString("name"));
        Assert.Equal("", config.GetString("role"));
        Assert.Equal("random", config.GetString("routing-logic"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("gossip-interval"));
        Assert.Equal(TimeSpan.FromSeconds(120), config.GetTimeSpan("removed-time-to-live"));
        Assert.Equal(3000, config.GetInt("max-delta-elements"));
        Assert.True(config.GetBoolean("send-to-dead-letters-when-no-subscribers"));
        Assert.Equal("", config.GetString("use-dispatcher"));
    }

    [Fact]
    public async Task The_name_is_read_from_its_key()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.pub-sub.name = other");

        Assert.Equal("other", Mediators.Of(system).Path.Name);
    }

    [Fact]
    public async Task A_node_without_the_role_takes_no_part()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.pub-sub.role = store");

        Assert.True(DistributedPubSub.Get(system).IsTerminated);
        Assert.Equal(system.DeadLetters, Mediators.Of(system));
    }

    [Fact]
    public async Task A_subscription_and_its_end_are_acknowledged_with_what_was_asked()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe subscriber = new(system);
        Subscribe subscribe = new("news", subscriber.Ref, "g");
        Unsubscribe unsubscribe = new("news", subscriber.Ref, "g");

        Assert.Equal(subscribe, (await Mediators.Of(system).Ask<SubscribeAck>(subscribe, Remotes.Within)).Subscribe);
        Assert.Equal(unsubscribe, (await Mediators.Of(system).Ask<UnsubscribeAck>(unsubscribe, Remotes.Within)).Unsubscribe);
    }

    [Fact]
    public async Task After_the_acknowledgement_a_local_publish_arrives()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe subscriber = new(system);
        await Mediators.Subscribe(system, "news", subscriber);

        Mediators.Of(system).Tell(new Publish("news", "one"), ActorRefs.NoSender);

        await subscriber.Expect("one");
    }

    [Fact]
    public async Task After_an_Unsubscribe_nothing_arrives()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe gone = new(system);
        Probe other = new(system);
        await Mediators.Subscribe(system, "news", gone);
        await Mediators.Subscribe(system, "news", other);
        await Mediators.Of(system).Ask<UnsubscribeAck>(new Unsubscribe("news", gone.Ref), Remotes.Within);

        Mediators.Of(system).Tell(new Publish("news", "one"), ActorRefs.NoSender);

        await other.Expect("one");
        await gone.ExpectNothingMore();
    }

    [Fact]
    public async Task A_plain_publish_does_not_reach_subscribers_with_a_group()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe grouped = new(system);
        Probe alone = new(system);
        await Mediators.Subscribe(system, "work", grouped, "g");
        await Mediators.Subscribe(system, "work", alone);

        Mediators.Of(system).Tell(new Publish("work", "x"), ActorRefs.NoSender);

        await alone.Expect("x");
        await grouped.ExpectNothingMore();
    }

    [Fact]
    public async Task One_message_to_each_group_does_not_reach_subscribers_without_a_group()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe[] groups = [new(system), new(system)];
        Probe alone = new(system);
        await Mediators.Subscribe(system, "work", groups[0], "g");
        await Mediators.Subscribe(system, "work", groups[1], "h");
        await Mediators.Subscribe(system, "work", alone);

        Mediators.Of(system).Tell(new Publish("work", "x", sendOneMessageToEachGroup: true), ActorRefs.NoSender);

        await groups[0].Expect("x");
        await groups[1].Expect("x");
        await alone.ExpectNothingMore();
    }

    [Fact]
    public async Task A_message_for_a_topic_without_subscribers_is_a_dead_letter()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe dead = Remotes.Listen(system, typeof(DeadLetter));

        Mediators.Of(system).Tell(new Publish("nowhere", "x"), ActorRefs.NoSender);

        await dead.Expect<DeadLetter>();
    }

    [Fact]
    public async Task A_message_without_subscribers_vanishes_when_dead_letters_are_off()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.pub-sub.send-to-dead-letters-when-no-subscribers = off");
        Probe dead = Remotes.Listen(system, typeof(DeadLetter));

        Mediators.Of(system).Tell(new Publish("nowhere", "x"), ActorRefs.NoSender);

        // Its answer comes after that message was handled.
        await Mediators.Topics(system);
        await dead.ExpectNothingMore();
    }

    [Fact]
    public async Task The_topics_are_those_that_somebody_has_subscribed_to()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Assert.Empty(await Mediators.Topics(system));

        await Mediators.Subscribe(system, "news", new Probe(system));
        await Mediators.Subscribe(system, "work", new Probe(system), "g");

        Assert.Empty(new[] { "news", "work" }.Except(await Mediators.Topics(system)));
    }

    [Fact]
    public async Task A_send_reaches_an_actor_that_was_put_until_it_is_removed()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Probe probe = new(system);
        Probe dead = Remotes.Listen(system, typeof(DeadLetter));
        string path = probe.Ref.Path.ToStringWithoutAddress();
        Mediators.Of(system).Tell(new Put(probe.Ref), ActorRefs.NoSender);
        Mediators.Of(system).Tell(new Send(path, "one"), ActorRefs.NoSender);
        await probe.Expect("one");

        Mediators.Of(system).Tell(new Remove(path), ActorRefs.NoSender);
        Mediators.Of(system).Tell(new Send(path, "two"), ActorRefs.NoSender);

        await dead.Expect<DeadLetter>();
        await probe.ExpectNothingMore();
    }
}
