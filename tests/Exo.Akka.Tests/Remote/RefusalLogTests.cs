using System.Net;
using Akka.Remote.Transport;
using Xunit;

namespace Akka.Tests.Remote;

public sealed class RefusalLogTests
{
    private readonly List<string> _lines = [];
    private long _now = 1000;

    [Fact]
    public void A_reason_is_said_once_a_minute_for_a_host_whatever_its_port()
    {
        RefusalLog log = Create();
        for (int port = 1; port <= 50; port++)
            log.Refused(new IPEndPoint(IPAddress.Loopback, port), null, "an HTTP request");
        Assert.Single(_lines);

        _now += 61_000;
        log.Refused(new IPEndPoint(IPAddress.Loopback, 51), null, "an HTTP request");

        Assert.Equal(2, _lines.Count);
        Assert.Contains("49 more", _lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Ever_new_reasons_of_one_host_end_in_silence_and_another_host_is_still_heard()
    {
        RefusalLog log = Create();
        for (int i = 0; i < 1000; i++)
            log.Refused(new IPEndPoint(IPAddress.Loopback, 1), null, $"garbage {i}");
        Assert.Equal(6, _lines.Count);

        log.Refused(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1), null, "garbage 1");

        Assert.Equal(7, _lines.Count);
    }

    private RefusalLog Create() => new(_lines.Add, () => _now);
}
