using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using Exo.Actors.Configuration;
using Exo.Actors.Discovery;
using Exo.Actors.Models;
using Exo.Host.Composition;
using Exo.Host.Devices;
using Exo.Host.Doctor;
using Exo.Host.Ports;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo doctor`: what is heard of other devices, and what keeps them and this machine apart.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan s_reach = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the findings as JSON." };
        Option<int> listen = new("--listen") { Description = "Seconds to listen for other devices.", HelpName = "S", DefaultValueFactory = _ => 3 };
        Option<bool> loopback = new("--loopback") { Description = "Listen on the loopback interface instead of the network's." };
        Option<FileInfo?> config = ConfigShowCommand.CreateFileOption();
        Command command = new("doctor", "Tell what of this machine and its network is as it should be, what is not, and what helps.") { json, listen, loopback, config };
        command.SetAction((parse, ct) => RunAsync(parse.GetValue(json), parse.GetValue(listen), parse.GetValue(loopback), parse.GetValue(config), Screen.Standard, ct));
        return command.WithExamples("exo doctor", "exo doctor --listen 10", "exo doctor --json");
    }

    private static async Task<int> RunAsync(bool json, int listen, bool loopback, FileInfo? config, Screen screen, CancellationToken ct)
    {
        string home = HomeFolder.Resolve();
        ConfigurationLayers layers = DeviceConfiguration.Read(home, config, new Dictionary<string, string>());
        DeviceOptions options = DeviceConfiguration.Options(layers, home);
        List<Finding> findings = [.. ThisMachine(options, layers), .. await SeedsAsync(options, ct)];
        await using LocalNetwork network = LocalNetwork.Open(loopback);
        findings.AddRange(network.Problems.Select(problem => new Finding("multicast", false, problem, "End the program that holds the port alone, or join devices with --seed.")));
        if (network.Works)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(listen, 1, 600)), ct);
            findings.Add(new Finding("multicast", !network.Interfaces.IsEmpty, network.Interfaces.IsEmpty ? "no interface is up" : $"listening on {string.Join(", ", network.Interfaces)}", network.Interfaces.IsEmpty ? "Connect this machine to a network." : ""));
            findings.AddRange(await OthersAsync(network, Advertisement.MarkOf(options.ClusterKey), listen, ct));
        }

        if (json)
        {
            screen.Line(JsonSerializer.Serialize([.. findings], FindingJson.Default.FindingArray));
        }
        else
        {
            foreach (Finding finding in findings)
            {
                screen.Line($"{(finding.Ok ? "ok     " : "PROBLEM")} {finding.About}: {finding.Text}.{(finding.Remedy.Length > 0 ? " " + finding.Remedy : "")}");
            }
        }

        return findings.TrueForAll(finding => finding.Ok) ? ExitCode.Ok : ExitCode.Failure;
    }

    private static IEnumerable<Finding> ThisMachine(DeviceOptions options, ConfigurationLayers layers)
    {
        foreach (string warning in layers.Warnings)
        {
            yield return new Finding("configuration", false, warning.TrimEnd('.'), "");
        }

        yield return new Finding("cluster key", true, options.ClusterKey is null ? "none: devices stay on this machine" : $"found, mark {Advertisement.MarkOf(options.ClusterKey)}", options.ClusterKey is null ? "For a network: `exo key cluster --help`." : "");
        if (Exposed(options) is { } exposed)
        {
            yield return new Finding("addresses", false, exposed.TrimEnd('.'), "");
        }

        IReadOnlyList<NodeFile> running = new NodeFiles(options.Home).Live();
        foreach (NodeFile node in running)
        {
            yield return new Finding("this machine", true, string.Create(CultureInfo.InvariantCulture, $"device {node.Name} runs at {node.Akka}, process {node.Pid}"), "");
        }

        foreach (Finding finding in (IEnumerable<Finding>)[MemoryDiagnosis.Of(MemoryLimits.Measure(), layers["exo.device.memory"], options.MemoryBytes), .. Models(options), .. Ports(options, running)])
        {
            yield return finding;
        }

        foreach (NetworkInterface one in NetworkInterface.GetAllNetworkInterfaces().Where(one => one.OperationalStatus == OperationalStatus.Up && one.NetworkInterfaceType != NetworkInterfaceType.Loopback))
        {
            string addresses = string.Join(", ", one.GetIPProperties().UnicastAddresses.Select(address => address.Address));
            yield return new Finding($"interface {one.Name}", true, addresses.Length > 0 ? addresses : "no address", one.SupportsMulticast ? "" : "It carries no multicast: join devices behind it with --seed.");
        }
    }

    /// <summary>Why a device would refuse to start with these addresses and keys; null: it would not.</summary>
    private static string? Exposed(DeviceOptions options)
    {
        try
        {
            AddressRules.Check(options);
            return null;
        }
        catch (CommandFailureException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<Finding> Models(DeviceOptions options)
    {
        using ModelStore store = new(options.Home);
        string[] names = [];
        try
        {
            names = [.. store.List().Where(ModelStore.IsForeign)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that may not be read; looking into it below says so.
        }

        return
        [
            .. ModelDiagnosis.Of(ModelFolder.Look(store.ModelsFolder, store), isForUser: true),
            .. ModelDiagnosis.Of(ModelFolder.Look(store.BuiltInFolder, store), isForUser: false),
            .. ModelDiagnosis.OfForeign(names),
        ];
    }

    private static IEnumerable<Finding> Ports(DeviceOptions options, IReadOnlyList<NodeFile> running)
    {
        (string What, string Option, HostPort Address)[] ports = [("gateway", "--http", options.Http), ("cluster", "--port", options.Cluster), ("command", "--pbm", options.Pbm)];
        return ports.Select(port =>
        {
            SocketError? refused = port.Address.Port == 0 ? null : PortUse.Try(port.Address);
            return PortDiagnosis.Of(port.What, port.Option, port.Address, refused, running, refused == SocketError.AddressAlreadyInUse ? PortUse.Holder(port.Address.Port) : null, ListenSocket.IsListening(port.Address.Port));
        });
    }

    private static async Task<IEnumerable<Finding>> SeedsAsync(DeviceOptions options, CancellationToken ct)
    {
        SeedAddresses seeds = new();
        return (await Task.WhenAll(options.Seeds.Select(seed => seeds.LookAsync(seed, ct)))).Select(SeedDiagnosis.Of);
    }

    private static async Task<IEnumerable<Finding>> OthersAsync(LocalNetwork network, string keyMark, int listened, CancellationToken ct)
    {
        HeardDevice[] devices = [.. network.Devices];
        if (devices.Length == 0)
        {
            return [new Finding("other devices", true, $"none heard in {listened} s", "If one runs with --host on this network: both must be in one subnet, and UDP port 5353 open; across subnets use --seed.")];
        }

        return await Task.WhenAll(devices.Select(async heard => NeighbourDiagnosis.Of(heard, keyMark, DeviceHost.Version, await ReachAsync(heard.Device, ct))));
    }

    /// <summary>Why a device's port does not answer; null: it does.</summary>
    private static async Task<string?> ReachAsync(Advertisement device, CancellationToken ct)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_reach);
        using Socket socket = new(device.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(device.Address, device.Port), patience.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"no answer within {s_reach.TotalSeconds:0} s";
        }
    }
}
