using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Exo.Host.Client;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo status`: the devices of this machine and the cluster they see.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan s_waitPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_waitPause = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the cluster as JSON." };
        Option<int?> wait = new("--wait") { Description = "Wait until so many devices are up and every ring is ready, at most a minute.", HelpName = "N" };
        Option<string?> node = Nodes.CreateOption();
        Command command = new("status", "Show the devices and what they serve.") { json, wait, node };
        command.SetAction((parse, ct) => RunAsync(parse.GetValue(json), parse.GetValue(wait), parse.GetValue(node), Screen.Standard, ct));
        return command.WithExamples("exo status", "exo status --wait 3", "exo status --json");
    }

    private static async Task<int> RunAsync(bool json, int? wait, string? address, Screen screen, CancellationToken ct)
    {
        if (wait is { } count)
        {
            await WaitAsync(count, address, ct);
        }

        string home = HomeFolder.Resolve();
        using NodeClient client = await Nodes.OpenAsync(address, ct);
        using JsonDocument cluster = await client.GetAsync("/cluster", ct);
        if (json)
        {
            screen.Line(cluster.RootElement.GetRawText());
            return ExitCode.Ok;
        }

        Dictionary<string, NodeFile> here = new NodeFiles(home).Live().DistinctBy(file => file.Akka).ToDictionary(file => file.Akka);
        screen.Line($"Cluster seen by {cluster.RootElement.GetProperty("device").GetString()} ({client.Address.Authority}); home {home}");
        screen.Line();
        screen.Table(["device", "address", "status", "memory", "http", "pbm", "pid"], cluster.RootElement.GetProperty("members").EnumerateArray().Select(member => Row(member, here)));
        screen.Line();
        RingTable.Show(cluster.RootElement, screen);
        return ExitCode.Ok;
    }

    private static string[] Row(JsonElement member, Dictionary<string, NodeFile> here)
    {
        string address = member.GetProperty("address").GetString() ?? "";
        NodeFile? file = here.FirstOrDefault(pair => address.EndsWith(pair.Key, StringComparison.Ordinal)).Value;
        long memory = member.GetProperty("memory_bytes").GetInt64();
        string status = member.GetProperty("status").GetString() ?? "";
        return
        [
            member.GetProperty("name").GetString() ?? "",
            address,
            member.GetProperty("reachable").GetBoolean() ? status : status + ", unreachable",
            memory > 0 ? Sizes.Text(memory) : "–",
            member.GetProperty("http").GetString() ?? file?.Http ?? "–",
            file?.Pbm ?? "–",
            member.GetProperty("pid").GetInt32() is > 0 and int pid ? pid.ToString(CultureInfo.InvariantCulture) : "–",
        ];
    }

    private static async Task WaitAsync(int devices, string? address, CancellationToken ct)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string seen = "no device answers";
        while (clock.Elapsed < s_waitPatience)
        {
            try
            {
                using NodeClient? client = await Nodes.TryOpenAsync(address, ct);
                if (client is not null)
                {
                    using JsonDocument cluster = await client.GetAsync("/cluster", ct);
                    int up = cluster.RootElement.GetProperty("members").EnumerateArray().Count(member => member.GetProperty("status").ValueEquals("Up"));
                    JsonElement[] rings = [.. cluster.RootElement.GetProperty("rings").EnumerateArray()];
                    int ready = rings.Count(ring => ring.GetProperty("state").ValueEquals("ready"));
                    seen = $"{up} devices are up, {ready} of {rings.Length} rings ready";
                    if (up >= devices && ready == rings.Length)
                    {
                        return;
                    }
                }
            }
            catch (CommandFailureException e)
            {
                seen = e.Message;
            }

            await Task.Delay(s_waitPause, ct);
        }

        throw new CommandFailureException($"{devices} devices were not up within {s_waitPatience.TotalSeconds:0} s: {seen}. Look at the output of the devices that are missing.");
    }
}
