using Akka.Discovery;
using Exo.Actors.Discovery;

namespace Exo.Actors.Tests.Discovery;

public sealed class TailscaleTests
{
    private const string Status = """
        {
          "Version": "1.80.0",
          "BackendState": "Running",
          "Self": { "HostName": "here", "TailscaleIPs": ["100.64.0.1"], "Online": true },
          "Peer": {
            "nodekey:aa": { "HostName": "bert", "TailscaleIPs": ["fd7a:115c:a1e0::2", "100.64.0.20"], "Online": true, "OS": "linux" },
            "nodekey:bb": { "HostName": "anna", "TailscaleIPs": ["100.64.0.3"], "Online": true },
            "nodekey:cc": { "HostName": "asleep", "TailscaleIPs": ["100.64.0.4"], "Online": false },
            "nodekey:dd": { "HostName": "", "TailscaleIPs": ["fd7a:115c:a1e0::5"], "Online": true },
            "nodekey:ee": { "HostName": "odd", "TailscaleIPs": "100.64.0.6", "Online": true },
            "nodekey:ff": { "HostName": "bad", "TailscaleIPs": [7, null, "no address"], "Online": true },
            "nodekey:00": null
          }
        }
        """;

    [Fact]
    public void Machines_that_are_online_are_read_with_their_ipv4_address_first()
    {
        (string, string)[] peers = [.. TailscalePeers.Read(Status, out string? problem).Select(peer => (peer.Name, peer.Address.ToString()))];

        Assert.Null(problem);
        Assert.Equal([("anna", "100.64.0.3"), ("bert", "100.64.0.20"), ("fd7a:115c:a1e0::5", "fd7a:115c:a1e0::5")], peers);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("""{"BackendState":"NeedsLogin"}""", "tailscale up")]
    [InlineData("""{"BackendState":"Running","Peer":{"a":{"Online":true,"TailscaleIPs":["1""", "no JSON")]
    public void What_is_of_no_use_is_explained(string json, string said)
    {
        Assert.Empty(TailscalePeers.Read(json, out string? problem));
        Assert.Contains(said, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"BackendState":7,"Peer":null}""")]
    [InlineData("""{"BackendState":"Running","Peer":[]}""")]
    public void A_network_of_one_has_no_peers(string json)
    {
        Assert.Empty(TailscalePeers.Read(json, out string? problem));
        Assert.Null(problem);
    }

    [SkippableFact]
    public async Task The_program_is_asked()
    {
        Skip.If(OperatingSystem.IsWindows(), "the stand-in for the program is a shell script");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("exo-tailscale-");
        string script = Path.Combine(folder.FullName, "tailscale");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\n[ \"$1 $2\" = 'status --json' ] && cat <<'END'\n{Status}\nEND\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        ServiceDiscovery.Resolved found = await new TailscaleDiscovery(script).Lookup("any", TimeSpan.FromSeconds(10));

        Assert.Equal(["anna", "bert", "fd7a:115c:a1e0::5"], found.Addresses.Select(target => target.Host));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_missing_program_is_named_with_a_remedy()
    {
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(() => new TailscaleDiscovery("no-such-program-here").Lookup("any", TimeSpan.FromSeconds(10)));

        Assert.Contains("--seed HOST:PORT", missing.Message, StringComparison.Ordinal);
    }
}
