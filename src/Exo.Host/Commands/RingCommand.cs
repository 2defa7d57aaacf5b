using System.CommandLine;
using System.Globalization;
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

    public static void Show(JsonElement cluster, Screen screen)
    {
        JsonElement[] rings = [.. cluster.GetProperty("rings").EnumerateArray()];
        if (rings.Length == 0)
        {
            screen.Line("No model is loaded: `exo run exo-demo` loads one, and so does the first request.");
            return;
        }

        screen.Table(["model", "state", "stage", "device", "units", "bytes", "hop"], rings.SelectMany(Rows));
    }

    private static async Task<int> RunAsync(bool json, string? address, Screen screen, CancellationToken ct)
    {
        using NodeClient client = Nodes.Open(address);
        using JsonDocument cluster = await client.GetAsync("/cluster", ct);
        if (json)
        {
            screen.Line(cluster.RootElement.GetProperty("rings").GetRawText());
        }
        else
        {
            Show(cluster.RootElement, screen);
        }

        return ExitCode.Ok;
    }

    private static IEnumerable<string[]> Rows(JsonElement ring)
    {
        string model = ring.GetProperty("model").GetString() ?? "";
        string state = ring.GetProperty("state").GetString() ?? "";
        JsonElement[] stages = [.. ring.GetProperty("stages").EnumerateArray()];
        return stages.Length == 0
            ? [[model, state, "–", "–", "–", "–", "–"]]
            : stages.Select((stage, index) => new[] { model, state, index.ToString(CultureInfo.InvariantCulture), stage.GetProperty("device").GetString() ?? "", Units(stage), Sizes.Text(stage.GetProperty("bytes").GetInt64()), Hop(stage) });
    }

    private static string Units(JsonElement stage)
    {
        int first = stage.GetProperty("first_unit").GetInt32();
        int last = stage.GetProperty("last_unit").GetInt32();
        return first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}–{last}");
    }

    private static string Hop(JsonElement stage) =>
        stage.GetProperty("hop_microseconds").GetDouble() is > 0 and double hop ? string.Create(CultureInfo.InvariantCulture, $"{hop:0} µs") : "–";
}
