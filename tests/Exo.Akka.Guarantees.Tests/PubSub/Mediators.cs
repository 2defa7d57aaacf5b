using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Guarantees.PubSub;

/// <summary>What tests of publish-subscribe have in common.</summary>
internal static class Mediators
{
    private const string WarmUp = "is anybody there?";

    public static IActorRef Of(ActorSystem system) => DistributedPubSub.Get(system).Mediator;

    public static async Task<IEnumerable<string>> Topics(ActorSystem system)
        => (await Of(system).Ask<CurrentTopics>(GetTopics.Instance, Remotes.Within)).Topics;

    public static async Task Subscribe(ActorSystem system, string topic, Probe subscriber, string group = null)
    {
        Subscribe subscribe = new(topic, subscriber.Ref, group);
        Assert.Equal(subscribe, (await Of(system).Ask<SubscribeAck>(subscribe, Remotes.Within)).Subscribe);
    }

    /// <summary>Members whose mediators run.</summary>
    public static async Task<ActorSystem[]> Start(Nodes nodes, int count)
    {
        ActorSystem[] systems = await Rings.Start(nodes, count, "", _ => "akka.extensions = [\"Akka.Cluster.Tools.PublishSubscribe.DistributedPubSubExtensionProvider, Akka.Cluster.Tools\"]");
        Assert.All(systems, system => Assert.NotNull(Of(system)));
        return systems;
    }

    /// <summary>Sends until each of these has got something: registrations take their time. What was sent for this is read.</summary>
    public static async Task Reaches(ActorSystem from, Func<object, object> envelope, params Probe[] receivers)
    {
        HashSet<Probe> silent = [.. receivers];
        int number = 0;
        await Eventually.True(
            async () =>
            {
                Of(from).Tell(envelope(WarmUp + number++), ActorRefs.NoSender);
                await Task.Delay(TimeSpan.FromMilliseconds(20));
                silent.RemoveWhere(probe => probe.Unread().Count > 0);
                return silent.Count == 0;
            },
            Remotes.Within,
            "all receivers are reached");

        // The last of them to all: everything before it has come when it has.
        string last = WarmUp + "no more";
        Of(from).Tell(envelope(last), ActorRefs.NoSender);
        HashSet<Probe> waiting = [.. receivers];
        await Eventually.True(
            () =>
            {
                waiting.RemoveWhere(probe => probe.Unread().Any(received => Equals(received.Message, last)));
                return waiting.Count == 0;
            },
            Remotes.Within,
            "the last of them has come");
    }
}
