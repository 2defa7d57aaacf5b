using System.CommandLine;
using System.Text.Json;
using Exo.Host.Client;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo ring`: which device holds which units of which model.</summary>
internal static class RingCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the rings as JSON." };
        Option<string?> node = Nodes.CreateOption();
        Command command = new("ring", "Show which device holds which part of which model.") { json, node };
        command.SetAction((parse, ct) => RunAsync(parse.GetValue(json), parse.GetValue(node), Screen.Standard, ct));
        return command.WithExamples("exo ring", "exo ring --json", "exo ring --node http://192.168.1.10:52415");
    }

    private static async Task<int> RunAsync(bool json, string? address, Screen screen, CancellationToken ct)
    {
        using NodeClient client = await Nodes.OpenAsync(address, ct);
        using JsonDocument cluster = await client.GetAsync("/cluster", ct);
        if (json)
        {
            screen.Line(cluster.RootElement.GetProperty("rings").GetRawText());
        }
        else
        {
            RingTable.Show(cluster.RootElement, screen);
        }

        return ExitCode.Ok;
    }
}
