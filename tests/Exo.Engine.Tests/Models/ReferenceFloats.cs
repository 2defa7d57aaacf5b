using System.Runtime.InteropServices;
using System.Text.Json;

namespace Exo.Engine.Tests.Models;

/// <summary>Reference logits and how far others are from them.</summary>
internal static class ReferenceFloats
{
    public static float[] Read(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    /// <summary>The ids under "tokens" in a JSON file.</summary>
    public static int[] Tokens(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.GetProperty("tokens").EnumerateArray().Select(item => item.GetInt32())];
    }

    public static double LargestError(float[] actual, float[] expected) =>
        actual.Zip(expected, (a, e) => Math.Abs((double)a - e)).Max();

    /// <summary>Sum of squared differences ÷ sum of squares of the reference.</summary>
    public static double Nmse(float[] actual, float[] expected) =>
        actual.Zip(expected, (a, e) => ((double)a - e) * ((double)a - e)).Sum() / expected.Sum(e => (double)e * e);

    /// <summary>The highest logit's token of each row. [rows, vocabulary]</summary>
    public static int[] Greedy(float[] logits, int vocabulary) =>
        [.. logits.Chunk(vocabulary).Select(row => Array.IndexOf(row, row.Max()))];
}
