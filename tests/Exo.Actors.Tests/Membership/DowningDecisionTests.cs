using Exo.Actors.Membership;

namespace Exo.Actors.Tests.Membership;

public sealed class DowningDecisionTests
{
    [Fact]
    public void Only_devices_that_were_silent_for_long_enough_are_downed()
    {
        Dictionary<string, TimeSpan> silent = new() { ["a"] = TimeSpan.FromSeconds(1), ["b"] = TimeSpan.FromSeconds(3) };

        Assert.Empty(DowningDecision.Due(silent, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)));
        Assert.Equal(["a"], DowningDecision.Due(silent, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)).ToArray());
        Assert.Equal(2, DowningDecision.Due(silent, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(2)).Length);
    }
}
