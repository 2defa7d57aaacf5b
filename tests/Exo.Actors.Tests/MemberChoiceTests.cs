namespace Exo.Actors.Tests;

public sealed class MemberChoiceTests
{
    private static readonly ClusterSnapshot s_cluster = new(
        [Member("10.0.0.1:4100", "desk"), Member("10.0.0.2:4100", "laptop"), Member("10.0.0.3:4100", "laptop")],
        []);

    [Theory]
    [InlineData("10.0.0.2:4100", "10.0.0.2:4100")]
    [InlineData("desk", "10.0.0.1:4100")]
    [InlineData("Desk", "10.0.0.1:4100")]
    public void A_member_is_found_by_address_or_name(string asked, string address)
    {
        Assert.Equal(address, MemberChoice.Find(s_cluster, asked, out string? problem)?.Address);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("laptop", "10.0.0.2:4100 or 10.0.0.3:4100")]
    [InlineData("phone", "desk (10.0.0.1:4100)")]
    public void Without_a_clear_choice_the_choices_are_named(string asked, string named)
    {
        Assert.Null(MemberChoice.Find(s_cluster, asked, out string? problem));
        Assert.Contains(named, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_a_cluster_says_so()
    {
        Assert.Null(MemberChoice.Find(new ClusterSnapshot([], []), "desk", out string? problem));
        Assert.Contains("in no cluster at the moment", problem, StringComparison.Ordinal);
    }

    private static MemberView Member(string address, string name) => new(address, name, "Up", true, false, 1, null);
}
