using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Remote;

/// <summary>Defaults that hold on every runtime; intervals that suit the network at hand are not among them.</summary>
public sealed class RemoteDefaultsTests
{
    [Fact]
    public async Task The_documented_defaults_hold()
    {
        await using Nodes nodes = new();
        Config config = nodes.StartRemote("here").Settings.Config.GetConfig("akka.remote");

        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("flush-wait-on-shutdown"));
        Assert.Equal(20_000, config.GetInt("system-message-buffer-size"));
        Assert.Equal(TimeSpan.FromMinutes(3), config.GetTimeSpan("initial-system-message-delivery-timeout"));
        Assert.Equal(128_000, config.GetByteSize("dot-netty.tcp.maximum-frame-size"));
        Assert.Equal(256_000, config.GetByteSize("dot-netty.tcp.send-buffer-size"));
        Assert.Equal(256_000, config.GetByteSize("dot-netty.tcp.receive-buffer-size"));
        Assert.Equal(4096, config.GetInt("dot-netty.tcp.backlog"));
        Assert.Equal("", config.GetString("dot-netty.tcp.public-hostname"));
        Assert.Equal(0, config.GetInt("dot-netty.tcp.public-port"));
    }

    [Fact]
    public async Task The_watch_failure_detector_has_the_documented_defaults()
    {
        await using Nodes nodes = new();
        Config config = nodes.StartRemote("here").Settings.Config.GetConfig("akka.remote.watch-failure-detector");

        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("heartbeat-interval"));
        Assert.Equal(10.0, config.GetDouble("threshold"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("acceptable-heartbeat-pause"));
        Assert.Equal(TimeSpan.FromMilliseconds(100), config.GetTimeSpan("min-std-deviation"));
        Assert.Equal(200, config.GetInt("max-sample-size"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("unreachable-nodes-reaper-interval"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("expected-response-after"));
    }

    [Fact]
    public async Task Without_a_hostname_a_node_listens_on_all_addresses()
    {
        await using Nodes nodes = new();
        ActorSystem system = nodes.StartRemote("here", "akka.remote.dot-netty.tcp { hostname = \"\", public-hostname = \"127.0.0.1\"\n }");
        using TcpClient client = new();

        await client.ConnectAsync("127.0.0.1", Nodes.AddressOf(system).Port!.Value);

        Assert.True(client.Connected);
    }
}
