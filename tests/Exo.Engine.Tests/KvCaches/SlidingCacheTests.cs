using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.KvCaches;

/// <summary>Layers with a sliding window keep what the window can see, and nothing changes by it.</summary>
public sealed class SlidingCacheTests
{
    private const int Tokens = 2600;

    [SkippableTheory]
    [InlineData("gemma3", KvCacheType.F16)]
    [InlineData("gpt-oss", KvCacheType.Q8)]
    [InlineData("cohere2", KvCacheType.BF16)]
    public void What_no_token_sees_is_given_back_and_changes_no_bit(string name, KvCacheType type)
    {
        using ModelFile file = Open(name);
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 2, Cache = type });
        int[] tokens = KvSession.Tokens(3, Tokens, file.Spec.VocabularySize);
        using KvCache whole = runner.CreateCache(Tokens);
        float[] expected = KvSession.Forward([runner], [whole], 0, tokens); // one row: nothing before it can be given back
        using KvCache cache = runner.CreateCache(Tokens);

        float[] actual = KvSession.Forward([runner], [cache], 0, tokens, chunk: 200);

        Assert.Equal(expected, actual);
        long most = file.Footprint.KvBytes(Tokens, type).Sum();
        long all = file.Footprint.KvBytesPerToken(type).Sum() * (((Tokens + 511) / 512) * 512);
        Assert.Equal(all, whole.Bytes);
        Assert.InRange(cache.Bytes, 1, most);
        Assert.True(most < all, $"{most} of {all} bytes");
        Assert.True(file.Footprint.KvBytes(128 << 10, type).Sum() < file.Footprint.KvBytesPerToken(type).Sum() * (128L << 10) * 11 / 20);
    }

    [SkippableFact]
    public void A_session_goes_back_as_far_as_its_window_was_kept_and_otherwise_begins_anew()
    {
        using ModelFile file = Open("gemma3");
        int vocabulary = file.Spec.VocabularySize;
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 2 });
        int[] tokens = KvSession.Tokens(4, 1700, vocabulary);
        using KvCache whole = runner.CreateCache(1700);
        float[] expected = KvSession.Forward([runner], [whole], 0, tokens);
        using KvCache cache = runner.CreateCache(1700);
        KvSession.Forward([runner], [cache], 0, tokens.AsSpan(0, 1600), chunk: 64);

        // Before 1600 the last chunk began at 1536: with the window of 6 and 512 more, page 1 is the first that stayed.
        int first = 512 + file.Spec.SlidingWindow - 1;
        Assert.Equal([0, 0, first, 1100, 1600], new[] { 400, first - 1, first, 1100, 1600 }.Select(cache.KeepableLength));
        foreach (int keep in new[] { 1599, 1200, 1024, first })
        {
            cache.Truncate(keep);
            Assert.Equal(expected[(keep * vocabulary)..], KvSession.Forward([runner], [cache], keep, tokens.AsSpan(keep), chunk: 90));
            cache.Truncate(0);
            KvSession.Forward([runner], [cache], 0, tokens.AsSpan(0, 1600), chunk: 64);
        }

        Assert.Contains("sliding window", Assert.Throws<ArgumentException>(() => cache.Truncate(first - 1)).Message, StringComparison.Ordinal);
        StageBatch batch = new();
        batch.AddTokens(cache, 300, [1], LogitsWanted.Last);
        Assert.Contains("sliding window", Assert.Throws<ArgumentException>(() => runner.Forward(batch)).Message, StringComparison.Ordinal);
        Assert.Equal(1600, cache.Length);
        cache.Truncate(0);
        Assert.Equal(0, cache.Bytes);
        Assert.Equal(expected, KvSession.Forward([runner], [cache], 0, tokens, chunk: 300));
    }

    [SkippableTheory]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    [InlineData("llama")]
    [InlineData("deepseek2-lite")]
    public void A_session_takes_no_more_than_the_footprint_tells(string name)
    {
        using ModelFile file = Open(name);
        foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
        {
            for (int unit = 1; unit <= 2; unit++)
            {
                using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1, Cache = type });
                using KvCache cache = runner.CreateCache(3000);
                StageBatch batch = new();
                long most = 0;
                for (int position = 0; position < 3000; position += 500)
                {
                    batch.Clear();
                    batch.AddHidden(cache, position, 500, new float[500 * runner.HiddenSize], LogitsWanted.None);
                    runner.Forward(batch);
                    most = Math.Max(most, cache.Bytes);
                }

                long told = file.Footprint.KvBytes(3000, type)[unit];
                Assert.Equal(told, file.Spec.WindowOf(unit - 1) == 0 ? most : Math.Max(most, told));
                Assert.InRange(most, told / 2, told);
            }
        }
    }

    private static ModelFile Open(string name) => ModelFile.Open(Path.Combine(ReferenceData.Require("weights", "arch"), $"{name}.gguf"));
}
