using System.Net;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class HeardRecordsTests
{
    private static readonly Advertisement s_anna = new("0a", "anna", IPAddress.Parse("192.168.1.10"), 4100, "k", "0.1.0", 17);

    [Fact]
    public void A_device_is_there_until_its_time_is_over_or_it_says_farewell()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response(s_anna.Records(120), []), "eth0", 2, TimeSpan.Zero);
        Assert.Equal(s_anna, Assert.Single(heard.Devices()).Device);

        heard.Expire(TimeSpan.FromSeconds(119));
        Assert.Single(heard.Devices());
        heard.Expire(TimeSpan.FromSeconds(120));
        Assert.Empty(heard.Devices());

        heard.Add(DnsMessage.Response(s_anna.Records(120), []), "eth0", 2, TimeSpan.FromSeconds(200));
        heard.Add(DnsMessage.Response(s_anna.Records(0), []), "eth0", 2, TimeSpan.FromSeconds(201));
        Assert.Empty(heard.Devices());
    }

    [Fact]
    public void What_it_tells_anew_replaces_what_it_told()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response((s_anna with { Since = 0 }).Records(120), []), "eth0", 2, TimeSpan.Zero);
        heard.Add(DnsMessage.Response((s_anna with { Since = 99, Port = 5 }).Records(120), []), "eth0", 2, TimeSpan.FromSeconds(1));

        Assert.Equal((99L, 5), (Assert.Single(heard.Devices()).Device.Since, heard.Devices()[0].Device.Port));
    }

    [Fact]
    public void An_instance_without_its_records_is_asked_for_and_no_device_yet()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response([s_anna.Records(120)[0]], []), "eth0", 2, TimeSpan.Zero);

        Assert.Empty(heard.Devices());
        Assert.Equal("anna 0a._exo._tcp.local", Assert.Single(heard.Incomplete));
        Assert.Equal(DnsType.Ptr, Assert.Single(heard.Known(TimeSpan.FromSeconds(10))).Type);
        Assert.Empty(heard.Known(TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void A_host_without_an_address_to_join_it_by_is_asked_for()
    {
        HeardRecords heard = new();
        DnsRecord[] records = [.. (s_anna with { Address = IPAddress.Parse("fe80::1") }).Records(120)];
        heard.Add(DnsMessage.Response([.. records.Where(record => record.Address is null)], []), "eth0", 2, TimeSpan.Zero);
        Assert.Equal("exo-0a.local", Assert.Single(heard.Incomplete));

        heard.Add(DnsMessage.Response(records, []), "eth0", 2, TimeSpan.Zero);
        Assert.Equal("exo-0a.local", Assert.Single(heard.Incomplete));

        heard.Add(DnsMessage.Response(s_anna.Records(120), []), "eth0", 2, TimeSpan.Zero);
        Assert.Empty(heard.Incomplete);
    }

    [Fact]
    public void An_address_that_any_device_can_use_is_preferred_and_a_link_local_one_keeps_its_interface()
    {
        Advertisement six = s_anna with { Address = IPAddress.Parse("fe80::1") };
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response(six.Records(120), []), "eth0", 4, TimeSpan.Zero);
        Advertisement only = Assert.Single(heard.Devices()).Device;
        Assert.Equal((4L, false), (only.Address.ScopeId, only.IsJoinable));

        DnsRecord better = six.Records(120)[3] with { Address = IPAddress.Parse("fd00::1") };
        heard.Add(DnsMessage.Response([better], []), "eth0", 4, TimeSpan.Zero);
        Assert.Equal("[fd00::1]:4100", Assert.Single(heard.Devices()).Device.Seed);

        DnsRecord best = better with { Type = DnsType.A, Address = IPAddress.Parse("10.0.0.1") };
        heard.Add(DnsMessage.Response([best], []), "eth0", 4, TimeSpan.Zero);
        Assert.Equal("10.0.0.1:4100", Assert.Single(heard.Devices()).Device.Seed);
    }
}
