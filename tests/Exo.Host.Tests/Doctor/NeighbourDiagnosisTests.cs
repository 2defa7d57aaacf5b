using System.Net;
using Exo.Actors.Discovery;
using Exo.Host.Composition;
using Exo.Host.Doctor;
using Exo.Host.Terminal;
using Exo.Host.Tests.Commands;

namespace Exo.Host.Tests.Doctor;

[Collection("console")]
public sealed class NeighbourDiagnosisTests
{
    private static readonly HeardDevice s_heard = new(new Advertisement("0a", "anna", IPAddress.Parse("192.168.1.10"), 4100, "k", "0.1.0", 17), "eth0");

    [Theory]
    [InlineData("k", "0.1.0", null, true, "can be joined")]
    [InlineData("other", "0.1.0", null, false, "another cluster key")]
    [InlineData("", "0.1.0", null, false, "this machine has none")]
    [InlineData("k", "0.1.0", "Connection refused", false, "Connection refused")]
    [InlineData("k", "0.2.0", null, true, "version 0.1.0")]
    public void What_keeps_apart_is_named(string keyMark, string version, string? reached, bool ok, string said)
    {
        Finding finding = NeighbourDiagnosis.Of(s_heard, keyMark, version, reached);
        Assert.Equal(ok, finding.Ok);
        Assert.Contains(said, finding.Text, StringComparison.Ordinal);
        Assert.Contains("eth0", finding.About, StringComparison.Ordinal);
        Assert.True(finding.Ok || finding.Remedy.Length > 0);
    }

    [Fact]
    public void A_device_that_tells_a_link_local_address_is_told_to_take_another()
    {
        Finding finding = NeighbourDiagnosis.Of(s_heard with { Device = s_heard.Device with { Address = IPAddress.Parse("fe80::1%2") } }, "k", "0.1.0", null);
        Assert.False(finding.Ok);
        Assert.Contains("link-local", finding.Text, StringComparison.Ordinal);
        Assert.Contains("--host", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_does_not_start_with_a_link_local_address()
    {
        CommandFailureException refused = Assert.Throws<CommandFailureException>(() => AddressRules.Check(new DeviceOptions { Home = "/nowhere", Cluster = new HostPort("fe80::1%2", 4100), ClusterKey = "a key for the devices of a test" }));
        Assert.Contains("--host", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_looks_at_this_machine()
    {
        (_, string text, _) = await ConsoleRun.RunAsync("doctor", "--listen", "1", "--loopback");
        Assert.Contains("cluster key", text, StringComparison.Ordinal);
        Assert.Contains("multicast", text, StringComparison.Ordinal);
    }
}
