using System.Diagnostics;
using System.Text.Json;

namespace Exo.Testing.Processes;

/// <summary>The cluster as one device shows it.</summary>
internal sealed class ClusterView
{
    private readonly JsonElement _root;

    private ClusterView(JsonElement root) => _root = root;

    /// <summary>Who tells it.</summary>
    public string Device => _root.GetProperty("device").GetString()!;

    public (string Name, string Status, bool Reachable)[] Members =>
        [.. _root.GetProperty("members").EnumerateArray().Select(member => (member.GetProperty("name").GetString()!, member.GetProperty("status").GetString()!, member.GetProperty("reachable").GetBoolean()))];

    /// <summary>The first ring as it is written; undefined where there is none.</summary>
    public JsonElement Ring => _root.GetProperty("rings").EnumerateArray().FirstOrDefault();

    /// <summary>The devices of the first ring in order; empty while it is not ready.</summary>
    public string[] Stages =>
        Ring.ValueKind == JsonValueKind.Object && Ring.GetProperty("state").GetString() == "ready"
            ? [.. Ring.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("device").GetString()!)]
            : [];

    public string? Epoch => Ring.ValueKind == JsonValueKind.Object ? Ring.GetProperty("epoch").GetString() : null;

    public static ClusterView Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return new ClusterView(document.RootElement.Clone());
    }

    /// <summary>Whether there are exactly so many members, all of them up and reachable.</summary>
    public bool IsWhole(int members) => Members.Length == members && Members.All(member => member is { Status: "Up", Reachable: true });

    /// <summary>Waits until each of the devices shows so many members, all of them up and reachable.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static async Task<TimeSpan> ShownBy(IReadOnlyList<DeviceProcess> devices, int members, TimeSpan within)
    {
        Stopwatch clock = Stopwatch.StartNew();
        ClusterView?[] last = [];
        await Eventually.True(
            async () =>
            {
                // A device that slept shows what it last knew, so all are to agree at one time.
                last = await Task.WhenAll(devices.Select(device => device.Look()));
                return last.All(view => view is not null && view.IsWhole(members));
            },
            within,
            $"{devices.Count} devices show {members} members",
            () => string.Join('\n', devices.Zip(last, (device, view) => $"--- {device.Name} shows {view}\n{device.Output}")));
        return clock.Elapsed < within ? clock.Elapsed : throw new TimeoutException($"It took {clock.Elapsed.TotalSeconds:0.0} s until {devices.Count} devices showed {members} members.");
    }

    public override string ToString() => _root.GetRawText();
}
