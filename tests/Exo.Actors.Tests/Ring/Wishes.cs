using System.Collections.Immutable;
using Exo.Actors.Ring;
using Exo.Engine.Kernels;

namespace Exo.Actors.Tests.Ring;

internal static class Wishes
{
    /// <summary>A model of equal layers; embedding and head weigh what they weigh in a model with a small vocabulary.</summary>
    public static ModelWish Of(int layers, long layerBytes = 100, long embeddingBytes = 50, long headBytes = 60, int stages = 0, params int[] cut) => new(
        "model",
        "0123456789abcdef",
        "/models/model.gguf",
        [embeddingBytes, .. Enumerable.Repeat(layerBytes, layers), headBytes],
        KvCacheType.Q8,
        [0, .. Enumerable.Repeat(1L, layers), 0],
        ScratchBytes: 10,
        ContextTokens: 4,
        Sessions: 1,
        stages,
        [.. cut],
        "a:1",
        Version: 1,
        Dropped: false);

    public static ImmutableArray<Candidate> Devices(params long[] memory) => [.. memory.Select((bytes, i) => new Candidate($"{(char)('a' + i)}:1", $"device-{i}", i + 1, bytes))];
}
