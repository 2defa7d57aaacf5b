using Akka.Actor;
using Akka.Cluster;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Akka.Util;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class MemberTests
{
    [Fact]
    public async Task Members_are_equal_by_their_unique_address_whatever_their_status()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        Member up = Rings.Of(systems[0]).SelfMember;
        Member leaving = up.Copy(MemberStatus.Leaving);

        HashSet<Member> members = [up];

        Assert.Equal(up, leaving);
        Assert.False(members.Add(leaving));
        Assert.Equal(MemberStatus.Up, Assert.Single(members).Status);
    }

    [Fact]
    public async Task A_status_changes_only_along_the_documented_graph()
    {
        Dictionary<MemberStatus, MemberStatus[]> graph = new()
        {
            [MemberStatus.Joining] = [MemberStatus.WeaklyUp, MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.WeaklyUp] = [MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Up] = [MemberStatus.Leaving, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Leaving] = [MemberStatus.Exiting, MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Exiting] = [MemberStatus.Down, MemberStatus.Removed],
            [MemberStatus.Down] = [MemberStatus.Removed],
            [MemberStatus.Removed] = [],
        };
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes, "akka.cluster.min-nr-of-members = 2");
        Rings.Of(system).Join(Nodes.AddressOf(system));
        await Rings.ExpectStatus(system, MemberStatus.Joining);
        Dictionary<MemberStatus, Member> members = new() { [MemberStatus.Joining] = Rings.Of(system).SelfMember };
        foreach ((MemberStatus from, MemberStatus to) in new[]
        {
            (MemberStatus.Joining, MemberStatus.WeaklyUp), (MemberStatus.Joining, MemberStatus.Up), (MemberStatus.Up, MemberStatus.Leaving),
            (MemberStatus.Leaving, MemberStatus.Exiting), (MemberStatus.Up, MemberStatus.Down), (MemberStatus.Down, MemberStatus.Removed),
        })
            members[to] = members[from].Copy(to);

        foreach ((MemberStatus from, MemberStatus[] next) in graph)
        {
            foreach (MemberStatus to in graph.Keys.Where(to => to != from))
            {
                if (next.Contains(to))
                    Assert.Equal(to, members[from].Copy(to).Status);
                else
                    Assert.Throws<InvalidOperationException>(() => members[from].Copy(to));
            }
        }
    }

    [Fact]
    public async Task The_members_of_a_state_are_sorted_by_address()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);

        Address[] addresses = [.. Rings.Of(systems[0]).State.Members.Select(m => m.Address)];

        Assert.Equal(systems.Select(Nodes.AddressOf).OrderBy(address => address.Port), addresses);
        Assert.Equal(addresses.OrderBy(address => address, Member.AddressOrdering), addresses);
    }

    [Fact]
    public void Addresses_sort_by_host_as_text_and_then_by_port()
    {
        Address ten = new("akka.tcp", "ring", "10.0.0.10", 1);
        Address nine = new("akka.tcp", "ring", "10.0.0.9", 1);

        Assert.True(Member.AddressOrdering.Compare(ten, nine) < 0);
        Assert.True(Member.AddressOrdering.Compare(ten.WithPort(99), ten.WithPort(100)) < 0);
        Assert.Equal(0, Member.AddressOrdering.Compare(ten, new Address("akka.tcp", "ring", "10.0.0.10", 1)));
    }

    [Fact]
    public async Task Age_is_the_order_of_becoming_Up()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 3);

        foreach (ActorSystem viewer in systems)
        {
            Member[] byAge = [.. Rings.Of(viewer).State.Members.Order(Member.AgeOrdering)];
            Assert.Equal(systems.Select(Nodes.AddressOf), byAge.Select(m => m.Address));
            Assert.True(byAge[0].IsOlderThan(byAge[1]));
            Assert.False(byAge[2].IsOlderThan(byAge[1]));
        }
    }

    [Fact]
    public async Task Of_one_age_the_lower_address_is_the_older()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 2);
        Member[] members = [.. Rings.Of(systems[0]).State.Members];
        Member one = members[0].CopyUp(7);
        Member other = members[1].CopyUp(7);

        Assert.True(one.IsOlderThan(other));
        Assert.False(other.IsOlderThan(one));
    }

    [Fact]
    public async Task Of_two_views_of_a_member_the_one_further_along_its_life_has_priority()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(nodes, 1);
        Member up = Rings.Of(systems[0]).SelfMember;
        Member leaving = up.Copy(MemberStatus.Leaving);
        Member down = up.Copy(MemberStatus.Down);

        Assert.Same(leaving, Member.HighestPriorityOf(up, leaving));
        Assert.Same(down, Member.HighestPriorityOf(down, leaving));
        Assert.Same(down, Member.HighestPriorityOf(up, down));
    }

    [Fact]
    public async Task Roles_and_the_app_version_are_seen_by_the_others()
    {
        await using Nodes nodes = new();
        ActorSystem[] systems = await Rings.Start(
            nodes, 2, "", i => i == 0 ? "akka.cluster { app-version = \"1.2.3\", roles = [a, b]\n }" : "akka.cluster { app-version = \"1.3.0\", roles = [b]\n }");
        ClusterEvent.CurrentClusterState state = Rings.Of(systems[1]).State;

        Member first = state.Members.Single(m => m.Address.Equals(Nodes.AddressOf(systems[0])));

        Assert.Equal(AppVersion.Create("1.2.3"), first.AppVersion);
        Assert.True(first.HasRole("a") && first.HasRole("b") && !first.HasRole("c"));
        Assert.True(state.AllRoles.SetEquals(["a", "b"]));
        Assert.True(state.HasMoreThanOneAppVersion);
    }

    [Fact]
    public void Unique_addresses_differ_by_their_uid()
    {
        Address address = new("akka.tcp", "ring", "host", 1);

        Assert.Equal(new UniqueAddress(address, 1), new UniqueAddress(new Address("akka.tcp", "ring", "host", 1), 1));
        Assert.NotEqual(new UniqueAddress(address, 1), new UniqueAddress(address, 2));
    }

    [Fact]
    public async Task The_remote_path_of_an_own_actor_has_the_address_of_the_node()
    {
        await using Nodes nodes = new();
        ActorSystem system = Rings.Outsider(nodes);
        IActorRef echo = system.ActorOf(Props.Create(() => new Echo()), "echo");

        Assert.Equal($"{Nodes.AddressOf(system)}/user/echo", Rings.Of(system).RemotePathOf(echo).ToString());
    }
}
