using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Akka.Actor;
using Akka.Tests.Kit;
using Exo.Testing;
using Xunit;
using static Akka.Tests.Remote.Wires;

namespace Akka.Tests.Remote;

/// <summary>Whoever is no node costs a log line, and nothing else.</summary>
public sealed class StrangerTests
{
    [Fact]
    public async Task Strangers_at_the_port_cost_one_log_line_each_and_nothing_else()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here");
        ActorSystem there = nodes.StartRemote("there");
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        List<string> warnings = Warnings(there);
        int port = Nodes.AddressOf(there).Port!.Value;

        await SendRawAsync(port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        await SendRawAsync(port, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]);
        await SendRawAsync(port, "EXO1\u00ff\u00ff"u8.ToArray());
        await SendRawAsync(port, new byte[5000]);

        await Eventually.True(() => Count(warnings, "Refused a connection") >= 4, Within, "four refusals", () => string.Join('\n', warnings));
        Assert.Equal(4, Count(warnings, "Refused a connection"));
        Assert.Single(warnings, w => w.Contains("an HTTP request", StringComparison.Ordinal));
        Assert.Single(warnings, w => w.Contains("a TLS greeting", StringComparison.Ordinal));
        IActorRef echo = await Find(here, there, "echo");
        Assert.Equal("fine", await echo.Ask<string>("fine", Within));
    }

    [Fact]
    public async Task Strangers_at_a_port_with_TLS_cost_one_log_line_each()
    {
        await using Nodes nodes = new();
        ActorSystem here = nodes.StartRemote("here", Key);
        ActorSystem there = nodes.StartRemote("there", Key);
        there.ActorOf(Props.Create(() => new Echo()), "echo");
        List<string> warnings = Warnings(there);
        int port = Nodes.AddressOf(there).Port!.Value;

        for (int i = 0; i < 3; i++)
        {
            await SendRawAsync(port, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            await SendRawAsync(port, new byte[5000]);
            await SendRawAsync(port, [0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
            await HttpsAsync(port);
        }

        await Logged(warnings, "no greeting of Exo's cluster protocol");
        await Logged(warnings, "its TLS greeting failed");
        await Eventually.True(() => Count(warnings, "an HTTP request") >= 1, Within, "HTTPS and HTTP are named");
        lock (warnings)
            Assert.Equal(3, warnings.Count);
        IActorRef echo = await Find(here, there, "echo");
        Assert.Equal("fine", await echo.Ask<string>("fine", Within));
    }

    private static async Task HttpsAsync(int port)
    {
        using TcpClient client = new("127.0.0.1", port);
        await using SslStream tls = new(client.GetStream(), false, (_, shown, _, _) => shown is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
        await tls.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        Exception end = await Record.ExceptionAsync(async () => Assert.Equal(0, await tls.ReadAsync(new byte[16])));
        Assert.True(end is null or IOException, end?.ToString());
    }
}
