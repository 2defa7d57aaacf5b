using System.Net;
using System.Net.Sockets;
using Akka.Discovery;
using Exo.Actors.Discovery;
using Exo.Host.Composition;
using Exo.Host.Doctor;
using Exo.Host.Terminal;

namespace Exo.Host.Tests.Composition;

public sealed class SeedAddressesTests
{
    private static readonly IPAddress s_one = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_two = IPAddress.Parse("192.0.2.2");

    [Theory]
    [InlineData("10.0.0.1:4100", true)]
    [InlineData("[fd00::1]:4100", true)]
    [InlineData("lab.example:4100", true)]
    [InlineData("_exo._tcp.lab.example", true)]
    [InlineData("tailscale:4100", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("10.0.0.1:0", false)]
    [InlineData("_exo._tcp.", false)]
    [InlineData("", false)]
    public void What_can_be_joined_by_is_known_by_its_form(string seed, bool valid) => Assert.Equal(valid, SeedAddresses.IsValid(seed));

    [Fact]
    public async Task Names_become_addresses_and_each_stands_once()
    {
        SeedAddresses seeds = new(new Scripted(lookup => lookup.PortName is null
            ? [new ServiceDiscovery.ResolvedTarget(lookup.ServiceName, address: s_one), new ServiceDiscovery.ResolvedTarget(lookup.ServiceName, address: s_two)]
            : [new ServiceDiscovery.ResolvedTarget("a.example", 4200, s_two), new ServiceDiscovery.ResolvedTarget("a.example", 4100, s_one)]));

        Assert.Equal(
            ["192.0.2.9:1", "lab.example:4100", "192.0.2.1:4100", "192.0.2.2:4100", "192.0.2.2:4200"],
            await Expand(seeds, ["192.0.2.9:1", "lab.example:4100", "_exo._tcp.lab.example", "192.0.2.9:1"]));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "no such name as lab.example")]
    [InlineData(SocketError.NoData, "has no address")]
    [InlineData(SocketError.TryAgain, "name servers failed")]
    public async Task A_name_that_cannot_be_resolved_yet_stays_a_seed_and_a_line_says_why(SocketError error, string said)
    {
        List<string> lines = [];
        SeedAddresses seeds = new(new Scripted(_ => throw new SocketException((int)error)), warn: lines.Add);

        Assert.Equal(["lab.example:4100"], await Expand(seeds, ["lab.example:4100"]));
        Assert.Contains(said, Assert.Single(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_cannot_be_looked_up_are_a_failure_with_a_remedy()
    {
        SeedAddresses empty = new(new Scripted(_ => []));
        SeedAddresses silent = new(new Scripted(_ => throw new TimeoutException("No name server answered.")));
        SeedAddresses unconnected = new(tailscale: new Scripted(_ => throw new InvalidOperationException("It is not connected: run `tailscale up`.")));

        Assert.Contains("no SRV record: mend the name", (await Failure(empty, "_exo._tcp.lab.example")).Message, StringComparison.Ordinal);
        Assert.Contains("no name server answered within 5 s: look at the name servers", (await Failure(silent, "_exo._tcp.lab.example")).Message, StringComparison.Ordinal);
        Assert.Contains("tailscale up", (await Failure(unconnected, "tailscale:4100")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_a_name_that_is_not_there_from_servers_that_fail()
    {
        Assert.Equal((true, "lab.example:4100, 192.0.2.1:4100"), await Diagnosed(_ => [new ServiceDiscovery.ResolvedTarget("lab.example", address: s_one)], "lab.example:4100"));
        Assert.Equal((false, "There is no such name as lab.example"), await Diagnosed(_ => throw new SocketException((int)SocketError.HostNotFound), "lab.example:4100"));
        Assert.Equal((false, "_exo._tcp.lab.example has no SRV record"), await Diagnosed(_ => [], "_exo._tcp.lab.example"));
        Assert.Equal((false, "_exo._tcp.lab.example cannot be looked up (The name server 10.0.0.1 answered 'server failure' for it)"), await Diagnosed(_ => throw new NameServerException("The name server 10.0.0.1 answered 'server failure' for it."), "_exo._tcp.lab.example"));
        Assert.Equal((true, "none of the machines there answers"), await Diagnosed(_ => [], "tailscale:4100"));
    }

    [Fact]
    public async Task Of_a_tailscale_network_those_that_answer_are_joined()
    {
        using Socket device = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        device.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        device.Listen();
        int port = ((IPEndPoint)device.LocalEndPoint!).Port;
        SeedAddresses seeds = new(tailscale: new Scripted(_ =>
            [new ServiceDiscovery.ResolvedTarget("silent", address: IPAddress.Parse("127.0.0.2")), new ServiceDiscovery.ResolvedTarget("here", address: IPAddress.Loopback)]));

        Assert.Equal([$"127.0.0.1:{port}"], await Expand(seeds, [$"tailscale:{port}"]));
    }

    private static async Task<(bool Ok, string Text)> Diagnosed(Func<Lookup, ServiceDiscovery.ResolvedTarget[]> find, string seed)
    {
        Finding finding = SeedDiagnosis.Of(await new SeedAddresses(new Scripted(find), new Scripted(find)).LookAsync(seed, CancellationToken.None));
        Assert.True(finding.Ok || finding.Remedy.Length > 0);
        return (finding.Ok, finding.Text);
    }

    private static async Task<string[]> Expand(SeedAddresses seeds, params string[] texts) => [.. await seeds.ExpandAsync(texts, CancellationToken.None)];

    private static Task<CommandFailureException> Failure(SeedAddresses seeds, string seed) =>
        Assert.ThrowsAsync<CommandFailureException>(() => seeds.ExpandAsync([seed], CancellationToken.None));

    private sealed class Scripted(Func<Lookup, ServiceDiscovery.ResolvedTarget[]> find) : ServiceDiscovery
    {
        public override Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout) => Task.FromResult(new Resolved(lookup.ServiceName, find(lookup)));
    }
}
