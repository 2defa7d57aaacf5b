using System.Text.Json;
using Exo.Testing;
using Exo.Testing.Processes;

namespace Exo.Cluster.Tests;

public sealed class RingTests
{
    [SkippableTheory]
    [InlineData("F32")]
    [InlineData("Q8_0")]
    public async Task A_trained_model_gives_the_same_tokens_through_one_two_and_three_processes(string encoding)
    {
        string model = ReferenceData.Require("weights", "real", $"stories260K-{encoding}.gguf");
        using JsonDocument index = JsonDocument.Parse(await File.ReadAllTextAsync(ReferenceData.Require("weights", "real", "index.json")));
        int[] greedyIds = [.. index.RootElement.GetProperty("models").EnumerateArray().Single(entry => entry.GetProperty("type").GetString() == encoding).GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())];
        Dictionary<string, object> greedy = new() { ["model"] = Path.GetFileNameWithoutExtension(model), ["prompt"] = new[] { 1 }, ["max_tokens"] = 64, ["temperature"] = 0, ["ignore_eos"] = true };
        Dictionary<string, object> seeded = new(greedy) { ["temperature"] = 1.0, ["top_k"] = 40, ["seed"] = 42 };
        (int Devices, string[] Cut)[] shapes = [(1, []), (2, ["--cut", "1"]), (2, ["--cut", "3"]), (2, ["--cut", "5"]), (3, ["--cut", "2,4"]), (3, ["--cut", "1,6"])];
        IReadOnlyList<int>? alone = null;

        foreach ((int devices, string[] cut) in shapes)
        {
            await using Ring ring = await Ring.Start(devices, model, cut);
            Answer byGreed = await Answer.Ask(ring.Devices[^1], greedy);
            Answer bySeed = await Answer.Ask(ring.Devices[0], seeded);

            Assert.Equal(greedyIds[1..], byGreed.Ids);
            alone ??= bySeed.Ids;
            Assert.Equal(64, bySeed.Ids.Count);
            Assert.Equal(alone, bySeed.Ids);
        }
    }

    [Fact]
    public async Task Given_two_devices_When_a_third_joins_and_a_ring_of_three_was_asked_for_Then_it_is_cut_anew_and_answers_the_same()
    {
        Dictionary<string, object> request = new() { ["model"] = "exo-demo", ["prompt"] = "What is Exo?", ["max_tokens"] = 48, ["temperature"] = 0, ["ignore_eos"] = true };
        await using Ring ring = await Ring.Start([[], []], "exo-demo", ["--stages", "3"], stages: 2);
        Answer before = await Answer.Ask(ring.Devices[0], request);

        await using DeviceProcess third = DeviceProcess.Start(ring.Home, "device-3");
        await third.Ready();
        await ring.Shows(3, [third, .. ring.Devices]);
        Answer after = await Answer.Ask(ring.Devices[0], request);

        Assert.Equal(before.Ids, after.Ids);
    }

    [Fact]
    public async Task Units_of_a_ring_are_contiguous_and_complete_on_every_device()
    {
        await using Ring ring = await Ring.Start(3);
        foreach (DeviceProcess device in ring.Devices)
        {
            ClusterView cluster = (await device.Look())!;
            Assert.True(cluster.IsWhole(3), cluster.ToString());
            int next = 0;
            foreach (JsonElement stage in cluster.Ring.GetProperty("stages").EnumerateArray())
            {
                Assert.Equal(next, stage.GetProperty("first_unit").GetInt32());
                Assert.True(stage.GetProperty("bytes").GetInt64() > 0);
                next = stage.GetProperty("last_unit").GetInt32() + 1;
            }

            Assert.True(next >= 10, $"{next} units are placed.");
        }
    }
}
