using System.Globalization;
using System.Text.Json;
using Exo.Host.Terminal;

namespace Exo.Host.Client;

/// <summary>The rings of a cluster's JSON as a table.</summary>
internal static class RingTable
{
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

    private static IEnumerable<string[]> Rows(JsonElement ring)
    {
        string model = ring.GetProperty("model").GetString() ?? "";
        string state = ring.GetProperty("state").GetString() ?? "";
        state = ring.GetProperty("reason").GetString() is { } reason ? $"{state}: {reason}" : state;
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
