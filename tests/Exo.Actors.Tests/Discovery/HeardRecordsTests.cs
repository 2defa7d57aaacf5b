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
        heard.Add(DnsMessage.Response(s_anna.Records(120), []), "eth0", TimeSpan.Zero);
        Assert.Equal(s_anna, Assert.Single(heard.Devices()).Device);

        heard.Expire(TimeSpan.FromSeconds(119));
        Assert.Single(heard.Devices());
        heard.Expire(TimeSpan.FromSeconds(120));
        Assert.Empty(heard.Devices());

        heard.Add(DnsMessage.Response(s_anna.Records(120), []), "eth0", TimeSpan.FromSeconds(200));
        heard.Add(DnsMessage.Response(s_anna.Records(0), []), "eth0", TimeSpan.FromSeconds(201));
        Assert.Empty(heard.Devices());
    }

    [Fact]
    public void What_it_tells_anew_replaces_what_it_told()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response((s_anna with { Since = 0 }).Records(120), []), "eth0", TimeSpan.Zero);
        heard.Add(DnsMessage.Response((s_anna with { Since = 99, Port = 5 }).Records(120), []), "eth0", TimeSpan.FromSeconds(1));

        Assert.Equal((99L, 5), (Assert.Single(heard.Devices()).Device.Since, heard.Devices()[0].Device.Port));
    }

    [Fact]
    public void An_instance_without_its_records_is_asked_for_and_no_device_yet()
    {
        HeardRecords heard = new();
        heard.Add(DnsMessage.Response([s_anna.Records(120)[0]], []), "eth0", TimeSpan.Zero);

        Assert.Empty(heard.Devices());
        Assert.Equal("anna 0a._exo._tcp.local", Assert.Single(heard.Incomplete));
        Assert.Equal(DnsType.Ptr, Assert.Single(heard.Known(TimeSpan.FromSeconds(10))).Type);
        Assert.Empty(heard.Known(TimeSpan.FromSeconds(61)));
    }
}
