using Akka.Actor;
using Akka.Cluster;
using Akka.Tests.Kit;
using Akka.Tests.Remote;
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
    public async Task Given_keep_majority_When_one_of_three_is_cut_off_Then_two_go_on_and_the_one_ends_itself()
    {
        await using Nodes nodes = new();
        using Trio trio = await Trio.StartAsync(nodes, Fast + "akka.cluster.split-brain-resolver.stable-after = 500ms");

        trio.CutOff(2);

        await Eventually.True(() => Nodes.SeesUp(trio.Systems[0], 2) && Nodes.SeesUp(trio.Systems[1], 2), s_within, "the two go on");
        await trio.Systems[2].WhenTerminated.WaitAsync(s_within);
    }

    [Fact]
    public async Task Given_nobody_downs_When_a_cut_off_member_is_heard_again_Then_it_is_reachable_and_still_a_member()
    {
        await using Nodes nodes = new();
        using Trio trio = await Trio.StartAsync(nodes, Fast + "akka.cluster.downing-provider-class = \"\"");

        trio.CutOff(2);
        await Eventually.True(() => trio.Systems[..2].All(s => Unreachable(s) == 1) && Unreachable(trio.Systems[2]) == 2, s_within, "all see the partition");
        trio.Heal();

        await Eventually.True(() => trio.Systems.All(s => Unreachable(s) == 0 && Nodes.SeesUp(s, 3)), s_within, "all see all again");
    }

    [Fact]
    public async Task Given_a_member_out_of_reach_When_another_joins_Then_it_is_weakly_up_until_the_first_is_down()
    {
        await using Nodes nodes = new();
        using Trio trio = await Trio.StartAsync(nodes, Fast + "akka.cluster { downing-provider-class = \"\", allow-weakly-up-members = 300ms }");
        trio.CutOff(2);
        await Eventually.True(() => trio.Systems[..2].All(s => Unreachable(s) == 1), s_within, "both see the third unreachable");

        ActorSystem fourth = nodes.StartCluster("ring", Fast + "akka.cluster.downing-provider-class = \"\"");
        Akka.Cluster.Cluster.Get(fourth).Join(Nodes.AddressOf(trio.Systems[0]));
        await Eventually.True(
            () => Akka.Cluster.Cluster.Get(fourth).SelfMember.Status == MemberStatus.WeaklyUp, s_within, "the fourth is weakly up");
        Akka.Cluster.Cluster.Get(trio.Systems[0]).Down(Nodes.AddressOf(trio.Systems[2]));

        await Eventually.True(() => Akka.Cluster.Cluster.Get(fourth).IsUp, s_within, "the fourth is up");
        Assert.True(Akka.Cluster.Cluster.Get(fourth).State.Members.All(m => !m.Address.Equals(Nodes.AddressOf(trio.Systems[2]))));
    }

    [Fact]
    public async Task Given_sides_that_removed_each_other_When_they_hear_each_other_again_Then_both_are_told()
    {
        await using Nodes nodes = new();
        using Trio trio = await Trio.StartAsync(
            nodes, Fast + "akka.cluster.downing-provider-class = \"\"\nexo.cluster.heal-probe-interval = 200ms\nakka.remote.dot-netty.tcp.connection-timeout = 1s\nakka.remote.handshake-timeout = 1s");
        TaskCompletionSource[] told = [new(), new()];
        foreach ((int node, int i) in new[] { (0, 0), (2, 1) })
        {
            TaskCompletionSource signal = told[i];
            IActorRef listener = trio.Systems[node].ActorOf(Props.Create(() => new Signal(signal)));
            trio.Systems[node].EventStream.Subscribe(listener, typeof(Akka.Remote.ThisActorSystemQuarantinedEvent));
        }

        trio.CutOff(2);
        await Eventually.True(() => trio.Systems[..2].All(s => Unreachable(s) == 1) && Unreachable(trio.Systems[2]) == 2, s_within, "all see the partition");
        Akka.Cluster.Cluster.Get(trio.Systems[0]).Down(Nodes.AddressOf(trio.Systems[2]));
        foreach (ActorSystem other in trio.Systems[..2])
            Akka.Cluster.Cluster.Get(trio.Systems[2]).Down(Nodes.AddressOf(other));
        await Eventually.True(() => Nodes.SeesUp(trio.Systems[0], 2) && Nodes.SeesUp(trio.Systems[2], 1), s_within, "each side is alone");
        Assert.All(told, signal => Assert.False(signal.Task.IsCompleted));
        trio.Heal();

        await Task.WhenAll(told.Select(signal => signal.Task)).WaitAsync(s_within);
    }

    private static int Unreachable(ActorSystem system) => Akka.Cluster.Cluster.Get(system).State.Unreachable.Count;

    /// <summary>Three members, each behind a proxy.</summary>
    private sealed class Trio : IDisposable
    {
        private readonly CuttableProxy[] _proxies = [new(), new(), new()];

        public ActorSystem[] Systems { get; } = new ActorSystem[3];

        public static async Task<Trio> StartAsync(Nodes nodes, string hocon)
        {
            Trio trio = new();
            for (int i = 0; i < 3; i++)
            {
                trio.Systems[i] = nodes.StartCluster("ring", $"akka.remote.dot-netty.tcp.public-port = {trio._proxies[i].Port}\n{hocon}");
                trio._proxies[i].Target = ((Akka.Remote.RemoteActorRefProvider)((ExtendedActorSystem)trio.Systems[i]).Provider).Transport.ListenPort;
                Akka.Cluster.Cluster.Get(trio.Systems[i]).Join(Nodes.AddressOf(trio.Systems[0]));
            }

            await Eventually.True(() => trio.Systems.All(s => Nodes.SeesUp(s, 3)), s_within, "all see three members up");
            return trio;
        }

        public void CutOff(int node)
        {
            for (int i = 0; i < 3; i++)
                _proxies[i].Cut(i == node ? [.. _proxies.Where((_, j) => j != node).Select(p => p.Port)] : [_proxies[node].Port]);
        }

        public void Heal()
        {
            foreach (CuttableProxy proxy in _proxies)
                proxy.Cut();
        }

        public void Dispose()
        {
            foreach (CuttableProxy proxy in _proxies)
                proxy.Dispose();
        }
    }

    private sealed class Signal(TaskCompletionSource signal) : UntypedActor
    {
        protected override void OnReceive(object message) => signal.TrySetResult();
    }
}
