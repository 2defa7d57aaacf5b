using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class BootstrapTests
{
    private static readonly TimeSpan s_listened = TimeSpan.FromSeconds(1.1);

    [Fact]
    public void Every_device_listens_for_a_second_first() =>
        Assert.Null(Bootstrap.Decide(Device("10.0.0.1"), [Device("10.0.0.2", since: 5)], TimeSpan.FromSeconds(0.9)));

    [Fact]
    public void Alone_it_forms_a_cluster() => Assert.Equal([], Bootstrap.Decide(Device("10.0.0.9"), [], s_listened)!.Value.ToArray());

    [Fact]
    public void The_oldest_cluster_is_joined_first() =>
        Assert.Equal(["10.0.0.3:4100", "10.0.0.10:4100"], Bootstrap.Decide(Device("10.0.0.1"), [Device("10.0.0.10", since: 90), Device("10.0.0.3", since: 5), Device("10.0.0.4")], s_listened)!.Value.ToArray());

    [Fact]
    public void Of_those_that_look_the_lowest_address_forms_it_and_the_others_wait()
    {
        Advertisement low = Device("10.0.0.9");
        Advertisement high = Device("10.0.0.10");
        Assert.Equal([], Bootstrap.Decide(low, [high], s_listened)!.Value.ToArray());
        Assert.Null(Bootstrap.Decide(high, [low], s_listened));
        Assert.Equal(["10.0.0.9:4100"], Bootstrap.Decide(high, [low with { Since = 7 }], s_listened)!.Value.ToArray());
    }

    [Fact]
    public void Whoever_waits_in_vain_forms_one_in_the_end() =>
        Assert.Equal([], Bootstrap.Decide(Device("10.0.0.10"), [Device("10.0.0.9")], Bootstrap.Patience)!.Value.ToArray());

    [Fact]
    public void Devices_with_another_key_do_not_count() =>
        Assert.Equal([], Bootstrap.Decide(Device("10.0.0.10"), [Device("10.0.0.1") with { KeyMark = "other" }, Device("10.0.0.2", since: 3) with { KeyMark = "" }], s_listened)!.Value.ToArray());

    [Fact]
    public void A_device_with_a_link_local_address_cannot_be_joined_and_nobody_waits_for_it() =>
        Assert.Equal([], Bootstrap.Decide(Device("fd00::1"), [Device("fe80::1%3"), Device("fe80::2%3", since: 3)], s_listened)!.Value.ToArray());

    /// <summary>Whatever the addresses: when all hear all, exactly one of those that start together forms the cluster.</summary>
    [Fact]
    public void Of_devices_that_hear_each_other_exactly_one_forms_the_cluster()
    {
        Random random = new(7);
        for (int round = 0; round < 500; round++)
        {
            Advertisement[] all = [.. Enumerable.Range(0, random.Next(2, 6)).Select(i => Device($"10.0.{random.Next(3)}.{random.Next(1, 4)}") with { Id = $"{i}", Port = 4100 + i })];
            Assert.Single(all, device => Bootstrap.Decide(device, all, s_listened) is { IsEmpty: true });
        }
    }

    [Fact]
    public void A_mark_tells_keys_apart_and_reveals_none()
    {
        Assert.Equal("", Advertisement.MarkOf(null));
        Assert.NotEqual(Advertisement.MarkOf("one key of a cluster"), Advertisement.MarkOf("two key of a cluster"));
        Assert.Equal(16, Advertisement.MarkOf("one key of a cluster").Length);
    }

    private static Advertisement Device(string address, long since = 0) => new(address, address, IPAddress.Parse(address), 4100, "k", "0.1.0", since);
}
