using System.Net;
using Exo.Actors.Discovery;
using Exo.Host.Doctor;
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
    public async Task The_doctor_looks_at_this_machine()
    {
        (_, string text, _) = await ConsoleRun.RunAsync("doctor", "--listen", "1", "--loopback");
        Assert.Contains("cluster key", text, StringComparison.Ordinal);
        Assert.Contains("multicast", text, StringComparison.Ordinal);
    }
}
