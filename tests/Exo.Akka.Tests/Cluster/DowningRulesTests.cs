using System.Collections.Immutable;
using Akka.Cluster;
using Akka.Cluster.SBR;
using Akka.Configuration;
using Akka.Util;
using Xunit;

namespace Akka.Tests.Cluster;

public sealed class DowningRulesTests
{
    private static readonly Member[] s_members = [.. Enumerable.Range(1, 5).Select(i => MembershipTests.Up(MembershipTests.Node(i), i))];

    [Theory]
    [InlineData("keep-majority", "4,5", true)]
    [InlineData("keep-majority", "1,2,3", false)]
    [InlineData("keep-oldest", "4,5", true)]
    [InlineData("keep-oldest", "1", true)]
    [InlineData("keep-oldest", "1,2", false)]
    [InlineData("keep-oldest", "2,3,4,5", false)]
    [InlineData("static-quorum", "4,5", true)]
    [InlineData("static-quorum", "3,4,5", false)]
    [InlineData("down-all", "5", false)]
    public void A_strategy_keeps_or_gives_up_this_side(string strategy, string away, bool keeps)
    {
        ImmutableHashSet<UniqueAddress> unreachable = [.. away.Split(',').Select(i => MembershipTests.Node(int.Parse(i)))];
        ImmutableHashSet<UniqueAddress> losers = DowningRules.Decide(Settings(strategy), s_members, unreachable, []);
        UniqueAddress[] here = [.. s_members.Select(m => m.UniqueAddress).Where(n => !unreachable.Contains(n))];
        Assert.Equal(keeps, !here.Any(losers.Contains));
        Assert.Equal(keeps || strategy == "down-all", unreachable.All(losers.Contains));
    }

    [Theory]
    [InlineData("keep-majority")]
    [InlineData("keep-oldest")]
    [InlineData("static-quorum")]
    public void Both_sides_of_any_partition_never_go_on_together(string strategy)
    {
        for (int mask = 1; mask < 31; mask++)
        {
            ImmutableHashSet<UniqueAddress> left = [.. s_members.Where((_, i) => (mask & (1 << i)) != 0).Select(m => m.UniqueAddress)];
            ImmutableHashSet<UniqueAddress> right = [.. s_members.Select(m => m.UniqueAddress).Except(left)];
            ImmutableHashSet<UniqueAddress> byLeft = DowningRules.Decide(Settings(strategy), s_members, right, []);
            ImmutableHashSet<UniqueAddress> byRight = DowningRules.Decide(Settings(strategy), s_members, left, []);
            bool leftGoesOn = !left.Any(byLeft.Contains);
            bool rightGoesOn = !right.Any(byRight.Contains);
            Assert.False(leftGoesOn && rightGoesOn, $"{strategy}, partition {mask}");
        }
    }

    [Fact]
    public void A_tie_goes_to_the_side_with_the_lowest_address()
    {
        Member[] four = s_members[..4];
        Assert.Equal(2, DowningRules.Decide(Settings("keep-majority"), four, [MembershipTests.Node(3), MembershipTests.Node(4)], []).Count);
        ImmutableHashSet<UniqueAddress> losers = DowningRules.Decide(Settings("keep-majority"), four, [MembershipTests.Node(1), MembershipTests.Node(2)], []);
        Assert.Contains(MembershipTests.Node(3), losers);
    }

    [Fact]
    public void Joining_members_have_no_vote()
    {
        Member joining = Member.Create(MembershipTests.Node(9), [], AppVersion.Zero);
        ImmutableHashSet<UniqueAddress> losers = DowningRules.Decide(
            Settings("keep-majority"), [.. s_members[..3], joining], [MembershipTests.Node(1), MembershipTests.Node(2)], []);
        Assert.Contains(MembershipTests.Node(3), losers);
        Assert.Contains(MembershipTests.Node(9), losers);
    }

    [Fact]
    public void An_unknown_strategy_is_refused_with_the_known_ones()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Settings("keep-luck"));
        Assert.Contains("keep-majority", error.Message, StringComparison.Ordinal);
    }

    private static SplitBrainResolverSettings Settings(string strategy)
        => new(ConfigurationFactory.ParseString(
            $"akka.cluster.split-brain-resolver {{ active-strategy = {strategy}\n static-quorum.quorum-size = 3 }}").WithFallback(ClusterConfigFactory.Default()));
}
