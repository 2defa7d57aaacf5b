using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;

namespace Exo.Engine.Tests.Stages;

/// <summary>A cache that forgot its last tokens is one that never had them.</summary>
public sealed class TruncationTests
{
    public static TheoryData<KvCacheType> Types => [.. Enum.GetValues<KvCacheType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Truncated_anywhere_a_cache_gives_the_bits_of_a_new_one(KvCacheType type)
    {
        const int Tokens = 530; // a little more than a page
        using ModelFile file = ModelFile.Open(TestData.Find("models", "tiny-llama.gguf"));
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 1, Cache = type });
        Random random = new(7);
        int[] tokens = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(file.Spec.VocabularySize))];
        using KvCache whole = runner.CreateCache(Tokens);
        float[] expected = Forward(runner, whole, 0, tokens);
        long full = whole.Bytes;
        using KvCache cache = runner.CreateCache(Tokens);
        Forward(runner, cache, 0, tokens);
        int[] places = [0, 1, 511, 512, 513, Tokens - 1, .. Enumerable.Range(0, 6).Select(_ => random.Next(Tokens))];
        foreach (int keep in places)
        {
            // Other tokens take the place of those behind, and go again.
            cache.Truncate(keep);
            Forward(runner, cache, keep, [.. tokens[keep..].Reverse()]);
            cache.Truncate(keep);
            Assert.Equal(keep > 512 ? full : keep > 0 ? full / 2 : 0, cache.Bytes);

            Assert.Equal(expected[(keep * file.Spec.VocabularySize)..], Forward(runner, cache, keep, tokens[keep..]));
        }
    }

    private static float[] Forward(SliceRunner runner, KvCache cache, int position, int[] tokens)
    {
        StageBatch batch = new();
        int row = batch.AddTokens(cache, position, tokens, LogitsWanted.All);
        runner.Forward(batch);
        Assert.False(batch.ActivationFault(row));
        return batch.Logits(row).ToArray();
    }
}
