using Exo.Actors.Membership;

namespace Exo.Actors.Tests.Membership;

public sealed class HealingDecisionTests
{
    [Theory]
    [InlineData(1, 2, true, true)]
    [InlineData(2, 1, false, false)]
    [InlineData(2, 2, true, false)]
    [InlineData(2, 2, false, true)]
    [InlineData(1, 0, true, false)]
    public void The_side_with_fewer_devices_yields_and_of_equal_ones_the_younger(int mine, int others, bool oldestIsMine, bool yields) =>
        Assert.Equal(yields, HealingDecision.Yields(mine, others, oldestIsMine));

    [Fact]
    public void Both_sides_never_yield_whatever_each_has_heard_of_the_other()
    {
        foreach (int left in Enumerable.Range(1, 5))
        {
            foreach (int right in Enumerable.Range(1, 5))
            {
                foreach ((int heardByLeft, int heardByRight, bool oldestIsLeft) in Heard(left, right))
                {
                    bool leftYields = HealingDecision.Yields(left, heardByLeft, oldestIsLeft);
                    bool rightYields = HealingDecision.Yields(right, heardByRight, !oldestIsLeft);

                    Assert.False(leftYields && rightYields, $"{left} and {right}, heard {heardByLeft} and {heardByRight}");
                    Assert.True(leftYields || rightYields || heardByLeft < right || heardByRight < left, $"{left} and {right}: nobody yields although all were heard");
                }
            }
        }
    }

    [Fact]
    public void Of_two_strangers_that_compare_their_claims_exactly_one_yields()
    {
        HealingDecision.Claim[] claims = [.. from devices in new[] { 1, 2 } from since in new long[] { 5, 6 } from address in new[] { "a:1", "b:1" } select new HealingDecision.Claim(devices, since, address)];
        foreach (HealingDecision.Claim left in claims)
        {
            foreach (HealingDecision.Claim right in claims.Where(claim => claim != left))
            {
                Assert.NotEqual(HealingDecision.Yields(left, right), HealingDecision.Yields(right, left));
            }
        }

        Assert.True(HealingDecision.Yields(new HealingDecision.Claim(1, 1, "a:1"), new HealingDecision.Claim(2, 9, "b:1")), "Fewer devices yield.");
        Assert.True(HealingDecision.Yields(new HealingDecision.Claim(2, 9, "a:1"), new HealingDecision.Claim(2, 1, "b:1")), "The younger yields.");
    }

    private static IEnumerable<(int ByLeft, int ByRight, bool OldestIsLeft)> Heard(int left, int right) =>
        from byLeft in Enumerable.Range(0, right + 1)
        from byRight in Enumerable.Range(0, left + 1)
        from oldestIsLeft in new[] { true, false }
        select (byLeft, byRight, oldestIsLeft);
}
