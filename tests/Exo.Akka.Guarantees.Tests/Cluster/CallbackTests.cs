using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class CallbackTests
{
    [Fact]
    public async Task What_waits_for_the_node_to_be_Up_runs_once_when_it_is()
    {
        await using Nodes nodes = new();
        ActorSystem first = Rings.Outsider(nodes, "akka.cluster.min-nr-of-members = 2");
        int runs = 0;
        TaskCompletionSource up = new();
        Rings.Of(first).RegisterOnMemberUp(() =>
        {
            Interlocked.Increment(ref runs);
            up.TrySetResult();
        });
        Rings.Of(first).Join(Nodes.AddressOf(first));
        await Rings.ExpectStatus(first, MemberStatus.Joining);
        Assert.Equal(0, Volatile.Read(ref runs));

        ActorSystem second = Rings.Outsider(nodes, "akka.cluster.min-nr-of-members = 2");
        Rings.Of(second).Join(Nodes.AddressOf(first));

        await up.Task.WaitAsync(Remotes.Within);
        await Rings.ExpectUp(first, second);
        await Rings.Of(second).LeaveAsync().WaitAsync(Remotes.Within);
        Assert.Equal(1, Volatile.Read(ref runs));
    }

    [Fact]
    public async Task What_waits_for_a_node_that_is_Up_runs_at_once_on_the_callers_thread()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        int thread = 0;

        Rings.Of(systems[0]).RegisterOnMemberUp(() => thread = Environment.CurrentManagedThreadId);

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task What_waits_for_the_removal_runs_when_the_node_has_left()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        TaskCompletionSource removed = new();
        Rings.Of(systems[1]).RegisterOnMemberRemoved(removed.SetResult);

        Rings.Of(systems[1]).Leave(Nodes.AddressOf(systems[1]));

        await removed.Task.WaitAsync(Remotes.Within);
        Assert.True(removed.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_waits_for_the_removal_runs_when_the_system_ends_before_it_joined()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        TaskCompletionSource removed = new();
        Rings.Of(system).RegisterOnMemberRemoved(removed.SetResult);

        await system.Terminate();

        await removed.Task.WaitAsync(Remotes.Within);
        Assert.True(removed.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task What_waits_for_the_removal_runs_at_once_when_it_is_over()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        await systems[0].Terminate();
        bool ran = false;

        Rings.Of(systems[0]).RegisterOnMemberRemoved(() => ran = true);

        Assert.True(ran);
    }
}
