using System.Diagnostics;

namespace Exo.Cluster.Tests.Network;

/// <summary>Two network namespaces with a cable between them: 10.77.0.1 and 10.77.0.2, and nothing else. Needs root and iproute2.</summary>
internal sealed class NetworkPair : IAsyncDisposable
{
    private readonly string _id = Guid.NewGuid().ToString("n")[..6];
    private readonly List<Process> _processes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("exo-net-").FullName;

    public static bool IsPossible => OperatingSystem.IsLinux() && Environment.UserName == "root" && Has("ip");

    public static bool HasAvahi => IsPossible && Has("avahi-daemon") && Has("avahi-browse") && Has("avahi-publish") && Has("dbus-daemon") && Has("unshare");

    public string Folder => _folder;

    /// <summary>Makes both; throws with the program's words when the machine does not allow it.</summary>
    public static async Task<NetworkPair> CreateAsync()
    {
        NetworkPair pair = new();
        await pair.IpAsync("netns", "add", pair.Namespace(1));
        await pair.IpAsync("netns", "add", pair.Namespace(2));
        await pair.IpAsync("link", "add", pair.Link(1), "type", "veth", "peer", "name", pair.Link(2));
        foreach (int side in new[] { 1, 2 })
        {
            await pair.IpAsync("link", "set", pair.Link(side), "netns", pair.Namespace(side));
            await pair.IpAsync("-n", pair.Namespace(side), "addr", "add", $"10.77.0.{side}/24", "dev", pair.Link(side));
            await pair.IpAsync("-n", pair.Namespace(side), "link", "set", "lo", "up");
            await pair.IpAsync("-n", pair.Namespace(side), "link", "set", pair.Link(side), "up");
        }

        return pair;
    }

    /// <summary>Pulls the cable out, or puts it back.</summary>
    public async Task PlugAsync(bool isIn)
    {
        foreach (int side in new[] { 1, 2 })
        {
            await IpAsync("-n", Namespace(side), "link", "set", Link(side), isIn ? "up" : "down");
        }
    }

    /// <summary>Starts a program on one side; it is ended with the pair.</summary>
    public Process Start(int side, params string[] command)
    {
        ProcessStartInfo start = new("ip") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string part in (string[])["netns", "exec", Namespace(side), .. command])
        {
            start.ArgumentList.Add(part);
        }

        start.Environment["EXO_HOME"] = Path.Combine(_folder, $"home{side}");
        start.Environment["EXO_CLUSTER_KEY"] = "a key for two devices in a test";
        start.Environment["NO_COLOR"] = "1";
        Process process = Process.Start(start) ?? throw new InvalidOperationException("ip did not start.");
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs a program on one side to its end.</summary>
    public async Task<(int Code, string Output)> RunAsync(int side, params string[] command)
    {
        Process process = Start(side, command);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }

        await IpAsync("netns", "delete", Namespace(1));
        await IpAsync("netns", "delete", Namespace(2));
        Directory.Delete(_folder, recursive: true);
    }

    private static bool Has(string program) =>
        ((string[])["/usr/sbin", "/usr/bin", "/sbin", "/bin"]).Any(folder => File.Exists(Path.Combine(folder, program)));

    private string Namespace(int side) => $"exo-{_id}-{side}";

    private string Link(int side) => $"x{_id}{side}";

    private async Task IpAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("ip") { RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("ip did not start.");
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
        }
    }
}
