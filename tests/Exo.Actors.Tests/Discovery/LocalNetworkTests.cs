using System.Net;
using Exo.Actors.Discovery;
using Exo.Testing;

namespace Exo.Actors.Tests.Discovery;

/// <summary>Over real sockets on the loopback interface.</summary>
public sealed class LocalNetworkTests
{
    [SkippableFact]
    public async Task Two_that_begin_with_one_name_hear_each_other_by_two()
    {
        await using LocalNetwork one = LocalNetwork.Open(loopback: true);
        await using LocalNetwork other = LocalNetwork.Open(loopback: true);
        Skip.IfNot(one.Works && other.Works, $"port 5353 cannot be used here: {string.Join(" ", one.Problems)}");
        Advertisement self = new(Advertisement.NewId(), "anna", IPAddress.Loopback, 4100, "k", "0.1.0", 17);

        one.Announce(self);
        other.Announce(self with { Port = 4200 });

        await Eventually.True(
            () => Hears(one, 4200) && Hears(other, 4100) && one.Self!.Id != other.Self!.Id,
            TimeSpan.FromSeconds(30),
            "each hears the other by a name of its own",
            () => $"{one.Self} hears {string.Join(", ", one.Devices)}; {other.Self} hears {string.Join(", ", other.Devices)}");
        Assert.True(one.Self!.Id == self.Id || other.Self!.Id == self.Id, "One of them keeps the name.");
    }

    private static bool Hears(LocalNetwork network, int port) => network.Devices.Any(heard => heard.Device.Port == port && heard.Device.Name == "anna" && heard.Device.Since == 17);
}
