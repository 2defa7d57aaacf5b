using Akka.Actor;
using Akka.Cluster;
using Akka.Tests.Kit;
using Exo.Testing;
using TheCluster = Akka.Cluster.Cluster;

namespace Akka.Guarantees.Kit;

/// <summary>What tests of a cluster have in common.</summary>
internal static class Rings
{
    public static TheCluster Of(ActorSystem system) => TheCluster.Get(system);

    /// <summary>Members of one cluster, in the order in which they became Up.</summary>
    public static async Task<ActorSystem[]> Start(Nodes nodes, int count, string hocon = "", Func<int, string> more = null)
    {
        ActorSystem[] systems = new ActorSystem[count];
        for (int i = 0; i < count; i++)
        {
            systems[i] = nodes.StartCluster("ring", $"{more?.Invoke(i)}\n{hocon}\n{Remotes.Quick}");
            Of(systems[i]).Join(Nodes.AddressOf(systems[0]));
            await ExpectUp(systems[..(i + 1)]);
        }

        return systems;
    }

    /// <summary>A system that is no member yet.</summary>
    public static ActorSystem Outsider(Nodes nodes, string hocon = "") => nodes.StartCluster("ring", $"{hocon}\n{Remotes.Quick}");

    public static Task ExpectUp(params ActorSystem[] systems) => Expect(systems, $"all see all {systems.Length} up", system => Nodes.SeesUp(system, systems.Length));

    public static Task Expect(IEnumerable<ActorSystem> systems, string expectation, Func<ActorSystem, bool> condition) => Eventually.True(
        () => systems.All(condition),
        Remotes.Within,
        expectation,
        () => string.Join(" | ", systems.Select(system => string.Join(", ", Of(system).State.Members))));

    public static Task ExpectStatus(ActorSystem system, MemberStatus status)
        => Expect([system], $"the node sees itself as {status}", node => Of(node).SelfMember.Status == status);

    /// <summary>The names of the types of what a probe got so far, and gets until the last of these has come.</summary>
    public static async Task<string[]> NamesUntil(this Probe probe, string last)
    {
        List<string> names = [];
        await Eventually.True(
            () =>
            {
                names.AddRange(probe.Unread().Select(envelope => envelope.Message.GetType().Name));
                return names.Contains(last);
            },
            Remotes.Within,
            $"{last} comes",
            () => string.Join(", ", names));
        return [.. names];
    }
}
