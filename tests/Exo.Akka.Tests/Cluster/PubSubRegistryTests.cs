using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using UniqueAddress = Akka.Cluster.UniqueAddress;

namespace Akka.Tests.Cluster;

/// <summary>How registrations spread, without an actor system.</summary>
public sealed class PubSubRegistryTests
{
    private static readonly UniqueAddress s_a = new(new Address("akka.tcp", "ring", "a", 1), 1);
    private static readonly UniqueAddress s_b = new(new Address("akka.tcp", "ring", "b", 1), 2);

    [Fact]
    public void Exchanging_what_is_missing_makes_two_nodes_agree_whatever_happened_before() =>
        Prop.ForAll<(byte Topic, bool IsThere)[], (byte Topic, bool IsThere)[], byte>((first, second, cut) =>
        {
            PubSubRegistry a = Play(PubSubRegistry.Of(s_a), first);
            PubSubRegistry b = Play(PubSubRegistry.Of(s_b), second);
            for (int round = 0; round < first.Length + second.Length + 1; round++)
            {
                int max = 1 + cut % 5;
                b = b.Apply(a.MissingIn(b.Versions, max), _ => true, TimeSpan.Zero);
                a = a.Apply(b.MissingIn(a.Versions, max), _ => true, TimeSpan.Zero);
            }

            return Enumerable.Range(0, 8).All(topic => Nodes(a, topic).SetEquals(Nodes(b, topic)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_part_with_a_gap_before_it_is_not_used()
    {
        PubSubRegistry a = PubSubRegistry.Of(s_a).Set(Registration.Topic("x"), true, TimeSpan.Zero);
        PubSubRegistry later = a.Set(Registration.Topic("y"), true, TimeSpan.Zero);
        PubSubRegistry b = PubSubRegistry.Of(s_b).Apply(later.MissingIn(a.Versions, 10), _ => true, TimeSpan.Zero);
        Assert.Empty(b.NodesWith(Registration.Topic("y")));
        b = b.Apply(later.MissingIn(b.Versions, 10), _ => true, TimeSpan.Zero);
        Assert.Equal([s_a], b.NodesWith(Registration.Topic("x")));
        Assert.Equal([s_a], b.NodesWith(Registration.Topic("y")));
    }

    [Fact]
    public void Strangers_are_not_heard_and_the_own_registrations_are_nobody_elses_to_change()
    {
        PubSubRegistry a = PubSubRegistry.Of(s_a).Set(Registration.Topic("x"), true, TimeSpan.Zero);
        Assert.Empty(PubSubRegistry.Of(s_b).Apply(a.MissingIn(PubSubRegistry.Of(s_b).Versions, 10), _ => false, TimeSpan.Zero).NodesWith(Registration.Topic("x")));
        Assert.Empty(PubSubRegistry.Of(s_a).Apply(a.MissingIn(PubSubRegistry.Of(s_b).Versions, 10), _ => true, TimeSpan.Zero).NodesWith(Registration.Topic("x")));
    }

    [Fact]
    public void The_end_of_a_registration_is_remembered_for_a_while_and_then_forgotten()
    {
        PubSubRegistry registry = PubSubRegistry.Of(s_a).Set(Registration.Topic("x"), true, TimeSpan.Zero).Set(Registration.Topic("x"), false, TimeSpan.FromSeconds(10));
        Dictionary<UniqueAddress, long> nothing = [];
        Assert.Single(registry.Prune(TimeSpan.FromSeconds(5)).MissingIn(nothing, 10).Single().Changes);
        Assert.Empty(registry.Prune(TimeSpan.FromSeconds(11)).MissingIn(nothing, 10).Single().Changes);
    }

    private static PubSubRegistry Play(PubSubRegistry registry, (byte Topic, bool IsThere)[] steps) =>
        steps.Aggregate(registry, (played, step) => played.Set(Registration.Topic($"t{step.Topic % 8}"), step.IsThere, TimeSpan.Zero));

    private static HashSet<UniqueAddress> Nodes(PubSubRegistry registry, int topic) => [.. registry.NodesWith(Registration.Topic($"t{topic}"))];
}
