using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class JoinTests
{
    [Fact]
    public async Task Before_joining_a_node_sees_itself_as_Removed_and_no_member()
    {
        await using Nodes nodes = new();
        Akka.Cluster.Cluster cluster = Rings.Of(Rings.Outsider(nodes, "akka.cluster.roles = [a, b]"));

        Assert.Equal(MemberStatus.Removed, cluster.SelfMember.Status);
        Assert.Empty(cluster.State.Members);
        Assert.False(cluster.IsUp);
        Assert.False(cluster.IsTerminated);
        Assert.Equal(Nodes.AddressOf(cluster.System), cluster.SelfAddress);
        Assert.Equal(new UniqueAddress(cluster.SelfAddress, Akka.Remote.AddressUidExtension.Uid(cluster.System)), cluster.SelfUniqueAddress);
        Assert.True(cluster.SelfRoles.SetEquals(["a", "b"]));
    }

    [Fact]
    public async Task Joining_itself_a_node_forms_a_cluster_alone()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);

        Rings.Of(system).Join(Nodes.AddressOf(system));

        await Rings.ExpectUp(system);
        Assert.True(Rings.Of(system).IsUp);
        Assert.Equal(Nodes.AddressOf(system), Rings.Of(system).State.Leader);
    }

    [Fact]
    public async Task Members_may_join_any_member()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        ActorSystem third = Rings.Outsider(nodes);

        Rings.Of(third).Join(Nodes.AddressOf(systems[1]));

        await Rings.ExpectUp([.. systems, third]);
    }

    [Fact]
    public async Task JoinAsync_ends_when_the_node_is_Up()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        ActorSystem second = Rings.Outsider(nodes);

        await Rings.Of(second).JoinAsync(Nodes.AddressOf(systems[0])).WaitAsync(Remotes.Within);

        await Rings.ExpectUp(systems[0], second);
    }

    [Fact]
    public async Task JoinSeedNodesAsync_ends_when_the_node_is_Up()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        ActorSystem second = Rings.Outsider(nodes);

        await Rings.Of(second).JoinSeedNodesAsync([Nodes.AddressOf(systems[0])]).WaitAsync(Remotes.Within);

        await Rings.ExpectUp(systems[0], second);
    }

    [Fact]
    public async Task A_join_that_is_cancelled_ends_with_a_ClusterJoinFailedException()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        Address nobody = Nodes.AddressOf(system).WithPort(Nodes.FreePort());
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => Rings.Of(system).JoinAsync(nobody, limit.Token).WaitAsync(Remotes.Within));
        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => Rings.Of(system).JoinSeedNodesAsync([nobody], limit.Token).WaitAsync(Remotes.Within));
    }

    [Fact]
    public async Task Seed_nodes_of_the_configuration_are_joined_at_the_start()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);

        ActorSystem second = Rings.Outsider(nodes, $"akka.cluster.seed-nodes = [\"{Nodes.AddressOf(systems[0])}\"]");

        Assert.Equal([Nodes.AddressOf(systems[0])], Rings.Of(second).Settings.SeedNodes);
        await Rings.ExpectUp(systems[0], second);
    }

    [Fact]
    public async Task The_first_seed_that_is_the_only_one_forms_a_cluster_at_once()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.seed-node-timeout = 1h");

        Rings.Of(system).JoinSeedNodes([Nodes.AddressOf(system)]);

        await Rings.ExpectUp(system);
    }

    [Fact]
    public async Task The_first_seed_forms_a_cluster_when_no_other_answers()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);

        Rings.Of(system).JoinSeedNodes([Nodes.AddressOf(system), Nodes.AddressOf(system).WithPort(Nodes.FreePort())]);

        await Rings.ExpectUp(system);
    }

    [Fact]
    public async Task Others_than_the_first_seed_form_no_cluster_and_ask_until_one_answers()
    {
        await using Nodes nodes = new();
        int port = Nodes.FreePort();
        ActorSystem second = Rings.Outsider(nodes, "akka.cluster { seed-node-timeout = 200ms, retry-unsuccessful-join-after = 200ms\n }");
        Address first = Nodes.AddressOf(second).WithPort(port);
        Rings.Of(second).JoinSeedNodes([first, Nodes.AddressOf(second)]);
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Empty(Rings.Of(second).State.Members);

        ActorSystem late = Rings.Outsider(nodes, $"akka.remote.dot-netty.tcp.port = {port}");
        Rings.Of(late).JoinSeedNodes([first, Nodes.AddressOf(second)]);

        await Rings.ExpectUp(second, late);
    }

    [Fact]
    public async Task The_first_seed_joins_a_cluster_that_another_seed_is_a_member_of()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        ActorSystem again = Rings.Outsider(nodes);

        Rings.Of(again).JoinSeedNodes([Nodes.AddressOf(again), Nodes.AddressOf(systems[0])]);

        await Rings.ExpectUp(systems[0], again);
    }

    [Fact]
    public async Task Seeds_that_list_each_other_form_one_cluster_in_whatever_order_they_start()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = [Rings.Outsider(nodes), Rings.Outsider(nodes), Rings.Outsider(nodes)];
        Address[] seeds = [.. systems.Select(Nodes.AddressOf)];

        foreach (ActorSystem system in systems.Reverse())
            Rings.Of(system).JoinSeedNodes(seeds);

        await Rings.ExpectUp(systems);
    }

    [Fact]
    public async Task Seeds_that_never_answer_end_the_node_when_it_is_told_to_give_up()
    {
        await using Nodes nodes = new();
        ActorSystem lonely = Rings.Outsider(nodes, "akka.cluster { seed-node-timeout = 200ms, shutdown-after-unsuccessful-join-seed-nodes = 500ms\n }");

        Rings.Of(lonely).JoinSeedNodes([Nodes.AddressOf(lonely).WithPort(Nodes.FreePort())]);

        await lonely.WhenTerminated.WaitAsync(Remotes.Within);
        Assert.IsType<CoordinatedShutdown.ClusterJoinUnsuccessfulReason>(CoordinatedShutdown.Get(lonely).ShutdownReason);
    }

    [Fact]
    public async Task A_system_of_another_name_stays_outside()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        ActorSystem other = nodes.StartCluster("other", Remotes.Quick);
        using CancellationTokenSource limit = new(TimeSpan.FromMilliseconds(700));

        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => Rings.Of(other).JoinAsync(Nodes.AddressOf(systems[0]), limit.Token).WaitAsync(Remotes.Within));

        Assert.Equal(MemberStatus.Removed, Rings.Of(other).SelfMember.Status);
        Assert.Single(Rings.Of(systems[0]).State.Members);
    }

    [Fact]
    public async Task A_new_incarnation_replaces_the_old_one_that_is_still_a_member()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2, Remotes.EndsWithoutAWord + "akka.cluster.downing-provider-class = \"\"");
        UniqueAddress old = Rings.Of(systems[1]).SelfUniqueAddress;
        await systems[1].Terminate();

        ActorSystem again = Rings.Outsider(nodes, $"akka.remote.dot-netty.tcp.port = {old.Address.Port}");
        Rings.Of(again).Join(Nodes.AddressOf(systems[0]));

        await Rings.ExpectUp(systems[0], again);
        Assert.DoesNotContain(Rings.Of(systems[0]).State.Members, m => m.UniqueAddress.Equals(old));
        Assert.Contains(Rings.Of(systems[0]).State.Members, m => m.UniqueAddress.Equals(Rings.Of(again).SelfUniqueAddress));
    }

    [Fact]
    public async Task Members_stay_Joining_until_there_are_enough_of_them()
    {
        const string Two = "akka.cluster.min-nr-of-members = 2";
        await using Nodes nodes = new();
        ActorSystem first = Rings.Outsider(nodes, Two);
        Rings.Of(first).Join(Nodes.AddressOf(first));
        await Rings.ExpectStatus(first, MemberStatus.Joining);
        Probe steps = new(first);
        Rings.Of(first).Subscribe(steps.Ref, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.MemberJoined), typeof(ClusterEvent.MemberUp));

        ActorSystem second = Rings.Outsider(nodes, Two);
        Rings.Of(second).Join(Nodes.AddressOf(first));

        await Rings.ExpectUp(first, second);
        await steps.Expect<ClusterEvent.MemberJoined>();
        await steps.Expect<ClusterEvent.MemberJoined>();
        await steps.Expect<ClusterEvent.MemberUp>();
        await steps.Expect<ClusterEvent.MemberUp>();
    }

    [Fact]
    public async Task Members_stay_Joining_until_there_are_enough_of_a_role()
    {
        const string Store = "akka.cluster.role.store.min-nr-of-members = 1\n";
        await using Nodes nodes = new();
        ActorSystem first = Rings.Outsider(nodes, Store);
        Rings.Of(first).Join(Nodes.AddressOf(first));
        ActorSystem second = Rings.Outsider(nodes, Store);
        Rings.Of(second).Join(Nodes.AddressOf(first));
        await Rings.Expect([first], "two are joining", system => Rings.Of(system).State.Members is { Count: 2 } members && members.All(m => m.Status == MemberStatus.Joining));

        ActorSystem store = Rings.Outsider(nodes, Store + "akka.cluster.roles = [store]");
        Rings.Of(store).Join(Nodes.AddressOf(first));

        await Rings.ExpectUp(first, second, store);
    }
}
