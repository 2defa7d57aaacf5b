using System.Globalization;
using System.Text.Json;
using Exo.Testing.Processes;

namespace Exo.Bench;

/// <summary>
/// One stream through 1, 2 and 3 device processes on this machine, one compute thread each, in turns: tokens/s as the
/// gateway measures them (decode only), the time per hop, and the ratio to the single process of the same round.
/// </summary>
internal static class RingBench
{
    private const int Tokens = 128;

    public static async Task Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        string folder = Directory.CreateTempSubdirectory("exo-bench-").FullName;
        try
        {
            string random = Path.Combine(folder, "random-110m.gguf");
            RandomModel.Write(random, layers: 12, embedding: 768, feedForward: 2048, heads: 12, kvHeads: 4, vocabulary: 16000);
            Console.WriteLine("| model | devices | tokens/s (median of rounds) | share of one process | hop, µs |");
            Console.WriteLine("|---|--:|--:|--:|--:|");
            await Compare("exo-demo", "exo-demo", rounds);
            await Compare(random, "random-110m", rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Compare(string model, string name, int rounds)
    {
        await using Ring one = await Ring.Start(1, model);
        await using Ring two = await Ring.Start(2, model);
        await using Ring three = await Ring.Start(3, model);
        Ring[] rings = [one, two, three];
        List<(double Speed, double Hop)>[] samples = [[], [], []];
        IReadOnlyList<int>? ids = null;
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < rings.Length; i++)
            {
                Dictionary<string, object> request = new() { ["model"] = name, ["prompt"] = new[] { 300, 301, 302, 303 }, ["max_tokens"] = Tokens, ["temperature"] = 0, ["ignore_eos"] = true };
                Answer answer = await Answer.Ask(rings[i].Devices[0], request);
                ids ??= answer.Ids;
                if (!ids.SequenceEqual(answer.Ids))
                {
                    throw new InvalidOperationException($"{name}: the tokens of {i + 1} devices differ from those of one.");
                }

                // The first round warms up: JIT, page faults, caches.
                if (round > 0)
                {
                    samples[i].Add((Number(answer.Timings, "tokens_per_second"), Number(answer.Timings, "hop_microseconds")));
                }
            }
        }

        for (int i = 0; i < rings.Length; i++)
        {
            double share = Median(samples[i].Zip(samples[0], (sample, alone) => sample.Speed / alone.Speed));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {i + 1} | {Median(samples[i].Select(s => s.Speed)):0.0} | {share:0.00} | {(i == 0 ? "–" : Median(samples[i].Select(s => s.Hop)).ToString("0", CultureInfo.InvariantCulture))} |"));
        }
    }

    private static double Number(JsonElement timings, string name) => timings.GetProperty(name).GetDouble();

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
