using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

public sealed class SplitBrainTests
{
    [Fact]
    public async Task The_resolver_is_on_by_default_with_the_documented_settings()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring");
        SplitBrainResolverSettings settings = new(system.Settings.Config);

        Assert.Equal("Akka.Cluster.SBR.SplitBrainResolverProvider", Rings.Of(system).DowningProvider.GetType().FullName);
        Assert.Equal(SplitBrainResolverSettings.KeepMajorityName, settings.DowningStrategy);
        Assert.Equal(TimeSpan.FromSeconds(20), settings.DowningStableAfter);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.DownAllWhenUnstable);
        Assert.True(settings.KeepOldestSettings.DownIfAlone);
        Assert.True(string.IsNullOrEmpty(settings.KeepMajorityRole));
    }

    [Theory]
    [InlineData("stable-after = 2s", 4)]
    [InlineData("stable-after = 8s", 6)]
    [InlineData("down-all-when-unstable = off", 0)]
    [InlineData("down-all-when-unstable = 21s", 21)]
    public async Task Too_long_without_stability_is_three_quarters_of_stable_after_but_at_least_4_s(string setting, int seconds)
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartCluster("ring", "akka.cluster.split-brain-resolver." + setting);

        Assert.Equal(TimeSpan.FromSeconds(seconds), new SplitBrainResolverSettings(system.Settings.Config).DownAllWhenUnstable);
    }

    [Fact]
    public Task With_keep_majority_the_larger_side_goes_on() => ExpectSurvivors("keep-majority", "", [2], [0, 1]);

    [Fact]
    public Task With_keep_majority_of_two_halves_the_one_with_the_lowest_address_goes_on() => ExpectSurvivors("keep-majority", "", [1], [0], count: 2);

    [Fact]
    public Task With_keep_majority_of_a_role_only_its_members_count()
        => ExpectSurvivors("keep-majority", "keep-majority.role = vote", [2], [2], more: i => i == 2 ? "akka.cluster.roles = [vote]" : "");

    [Fact]
    public Task With_static_quorum_the_side_that_has_it_goes_on() => ExpectSurvivors("static-quorum", "static-quorum.quorum-size = 2", [0], [1, 2]);

    [Fact]
    public Task With_static_quorum_a_side_without_it_goes_down() => ExpectSurvivors("static-quorum", "static-quorum.quorum-size = 2", [1], [], count: 2);

    [Fact]
    public Task With_static_quorum_of_a_role_only_its_members_count()
        => ExpectSurvivors("static-quorum", "static-quorum { quorum-size = 1, role = vote\n }", [2], [2], more: i => i == 2 ? "akka.cluster.roles = [vote]" : "");

    [Fact]
    public Task With_keep_oldest_the_side_of_the_oldest_goes_on() => ExpectSurvivors("keep-oldest", "", [0, 1], [0, 1]);

    [Fact]
    public Task With_keep_oldest_an_oldest_that_is_alone_goes_down() => ExpectSurvivors("keep-oldest", "", [0], [1, 2]);

    [Fact]
    public Task With_keep_oldest_an_oldest_that_is_alone_goes_on_if_told_so() => ExpectSurvivors("keep-oldest", "keep-oldest.down-if-alone = off", [0], [0]);

    [Fact]
    public Task With_down_all_nobody_goes_on() => ExpectSurvivors("down-all", "", [2], []);

    [Fact]
    public async Task Members_that_some_reach_and_others_do_not_are_downed()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, Parted.Detection + Resolver("keep-majority", ""));

        trio.Estrange(1, 2);

        await Task.WhenAll(trio.Systems[1..].Select(system => system.WhenTerminated)).WaitAsync(Remotes.Within);
        Assert.All(trio.Systems[1..], system => Assert.Same(CoordinatedShutdown.ClusterDowningReason.Instance, CoordinatedShutdown.Get(system).ShutdownReason));
    }

    [Fact]
    public async Task The_resolver_waits_until_the_partition_has_been_stable()
    {
        await using Nodes nodes = new();
        using Islands trio = await Islands.StartAsync(nodes, 3, Parted.Detection + "akka.cluster.split-brain-resolver.stable-after = 1h\n");
        trio.Part(2);
        await Parted.ExpectOneAway(trio);

        trio.Heal();

        await Rings.Expect(trio.Systems, "all see all again", system => Islands.Unreachable(system) == 0);
        await Rings.ExpectUp(trio.Systems);
    }

    [Fact]
    public async Task Members_that_are_Joining_have_no_vote()
    {
        const string Weakly = "akka.cluster.allow-weakly-up-members = off\n";
        await using Nodes nodes = new();
        using Islands pair = await Islands.StartAsync(nodes, 2, Parted.Detection + Weakly + Resolver("keep-majority", "").Replace("1s", "3s", StringComparison.Ordinal));
        pair.Part(1);
        await Rings.Expect(pair.Systems, "both see one away", system => Islands.Unreachable(system) == 1);

        // With a vote it would give the higher address's side a majority.
        ActorSystem third = nodes.StartCluster("ring", Parted.Detection + Weakly + Resolver("keep-majority", ""));
        Rings.Of(third).Join(Nodes.AddressOf(pair.Systems[1]));

        await pair.Systems[1].WhenTerminated.WaitAsync(Remotes.Within);
        await Rings.Expect(pair.Systems[..1], "the lowest address goes on alone", system => Nodes.SeesUp(system, 1));
    }

    private static string Resolver(string strategy, string settings) => $$"""
        akka.cluster.split-brain-resolver {
          active-strategy = {{strategy}}
          stable-after = 1s
          {{settings}}
        }

        """;

    /// <summary>Parts an island from the others; those that survive see each other and nobody else, the others end.</summary>
    private static async Task ExpectSurvivors(string strategy, string settings, int[] island, int[] survivors, int count = 3, Func<int, string> more = null)
    {
        await using Nodes nodes = new();
        using Islands islands = await Islands.StartAsync(nodes, count, Parted.Detection + Resolver(strategy, settings), more);

        islands.Part(island);

        ActorSystem[] left = [.. survivors.Select(i => islands.Systems[i])];
        foreach (ActorSystem system in islands.Systems.Except(left))
        {
            await system.WhenTerminated.WaitAsync(Remotes.Within);
            Assert.Same(CoordinatedShutdown.ClusterDowningReason.Instance, CoordinatedShutdown.Get(system).ShutdownReason);
        }

        if (left.Length > 0)
            await Rings.ExpectUp(left);
    }
}
