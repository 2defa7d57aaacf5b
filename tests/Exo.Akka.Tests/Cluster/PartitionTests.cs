using Akka.Actor;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class PartitionTests
{
    private const string Fast = """
        akka.cluster.failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 500ms }
        """;

    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Given_sides_that_removed_each_other_When_they_hear_each_other_again_Then_both_are_told()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(
            nodes, 3, Fast + "akka.cluster.downing-provider-class = \"\"\nexo.cluster.heal-probe-interval = 200ms\nakka.remote.dot-netty.tcp.connection-timeout = 1s\nakka.remote.handshake-timeout = 1s");
        TaskCompletionSource[] told = [new(), new()];
        foreach ((int node, int i) in new[] { (0, 0), (2, 1) })
        {
            TaskCompletionSource signal = told[i];
            IActorRef listener = trio.Systems[node].ActorOf(Props.Create(() => new Signal(signal)));
            trio.Systems[node].EventStream.Subscribe(listener, typeof(Akka.Remote.ThisActorSystemQuarantinedEvent));
        }

        trio.Part(2);
        await Eventually.True(() => trio.Systems[..2].All(s => Islands.Unreachable(s) == 1) && Islands.Unreachable(trio.Systems[2]) == 2, s_within, "all see the partition");
        Akka.Cluster.Cluster.Get(trio.Systems[0]).Down(Nodes.AddressOf(trio.Systems[2]));
        foreach (ActorSystem other in trio.Systems[..2])
            Akka.Cluster.Cluster.Get(trio.Systems[2]).Down(Nodes.AddressOf(other));
        await Eventually.True(() => Nodes.SeesUp(trio.Systems[0], 2) && Nodes.SeesUp(trio.Systems[2], 1), s_within, "each side is alone");
        Assert.All(told, signal => Assert.False(signal.Task.IsCompleted));
        trio.Heal();

        await Task.WhenAll(told.Select(signal => signal.Task)).WaitAsync(s_within);
    }

    private sealed class Signal(TaskCompletionSource signal) : UntypedActor
    {
        protected override void OnReceive(object message) => signal.TrySetResult();
    }
}
