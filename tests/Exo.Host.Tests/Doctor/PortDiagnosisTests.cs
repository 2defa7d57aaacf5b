using System.Net;
using System.Net.Sockets;
using Exo.Host.Composition;
using Exo.Host.Devices;
using Exo.Host.Doctor;
using Exo.Host.Ports;
using Exo.Host.Terminal;

namespace Exo.Host.Tests.Doctor;

public sealed class PortDiagnosisTests
{
    private static readonly NodeFile[] s_running = [new(812, "anna", "127.0.0.1:4100", "127.0.0.1:52415", "127.0.0.1:9110", DateTimeOffset.UnixEpoch, "0.1.0")];

    [Theory]
    [InlineData(0, null, null, true, "any free one")]
    [InlineData(4100, null, null, true, "free")]
    [InlineData(52415, SocketError.AddressAlreadyInUse, "exo, process 812", true, "device anna runs there, process 812")]
    [InlineData(8080, SocketError.AddressAlreadyInUse, "nginx, process 7", false, "in use by nginx, process 7")]
    [InlineData(8080, SocketError.AddressAlreadyInUse, null, false, "in use by another program")]
    [InlineData(8080, SocketError.AddressNotAvailable, null, false, "no address of this machine")]
    [InlineData(80, SocketError.AccessDenied, null, false, "needs rights")]
    [InlineData(8080, SocketError.HostNotFound, null, false, "has no address")]
    [InlineData(8080, SocketError.NetworkDown, null, false, "cannot be used")]
    public void A_port_that_cannot_be_had_is_explained_with_a_remedy(int port, SocketError? refused, string? holder, bool ok, string said)
    {
        Finding finding = PortDiagnosis.Of("gateway", "--http", new HostPort("127.0.0.1", port), refused, s_running, holder);
        Assert.Equal(ok, finding.Ok);
        Assert.Contains(said, finding.Text);
        Assert.True(ok || finding.Remedy.Contains("--http", StringComparison.Ordinal), finding.Remedy);
    }

    [Fact]
    public void A_port_that_this_process_has_is_found_to_be_its_own()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Assert.Equal(SocketError.AddressAlreadyInUse, PortUse.Try(new HostPort("127.0.0.1", port)));
        Assert.True(ListenSocket.IsListening(port));
        Assert.EndsWith(OperatingSystem.IsLinux() ? $", process {Environment.ProcessId}" : "", PortUse.Holder(port) ?? "", StringComparison.Ordinal);

        taken.Stop();
        Assert.Null(PortUse.Try(new HostPort("localhost", port)));
        Assert.Null(PortUse.Holder(port));
        Assert.False(ListenSocket.IsListening(port));
    }

    [Fact]
    public void A_port_that_only_a_connection_holds_is_no_fault()
    {
        Finding finding = PortDiagnosis.Of("gateway", "--http", new HostPort("127.0.0.1", 52416), SocketError.AddressAlreadyInUse, s_running, null, listens: false);
        Assert.True(finding.Ok);
        Assert.Contains("held by a connection", finding.Text);
        Assert.Contains("--http", finding.Remedy);
    }

    [Fact]
    public void Only_sockets_that_listen_at_that_very_port_hold_it()
    {
        const string table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0
               1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 20 4 30 10 -1
               2: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 100 0 0 10 0
            """;
        Assert.Equal(["4711"], PortUse.Listening(table, 8080));
        Assert.Empty(PortUse.Listening("", 8080));
    }
}
