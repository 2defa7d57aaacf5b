using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Models;
using Exo.Testing;

namespace Exo.Engine.Tests.Stages;

public sealed class SliceRunnerTests
{
    [Fact]
    public void Logits_of_the_tiny_model_are_those_of_the_reference()
    {
        using SliceChain chain = new(TinyModel.Path, new SliceOptions { Threads = 2, Cache = KvCacheType.F32 });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, TinyModel.Tokens, LogitsWanted.All), TinyModel.Logits), 0, 1e-9);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(1, 2, 3, 4)]
    public void A_cut_changes_no_bit(params int[] cuts)
    {
        using SliceChain whole = new(TinyModel.Path, new SliceOptions { Threads = 1 });
        using SliceChain cut = new(TinyModel.Path, new SliceOptions { Threads = 2 }, [.. cuts.Distinct()]);

        Assert.Equal(whole.Forward(0, TinyModel.Tokens, LogitsWanted.All), cut.Forward(0, TinyModel.Tokens, LogitsWanted.All));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Chunks_of_a_prompt_change_no_bit(int size)
    {
        int[] tokens = TinyModel.Tokens;
        using SliceChain whole = new(TinyModel.Path, new SliceOptions { Threads = 1 });
        using SliceChain chunked = new(TinyModel.Path, new SliceOptions { Threads = 1 });
        List<float> logits = [];
        for (int at = 0; at < tokens.Length; at += size)
        {
            logits.AddRange(chunked.Forward(at, tokens.AsSpan(at, Math.Min(size, tokens.Length - at)), LogitsWanted.All));
        }

        Assert.Equal(whole.Forward(0, tokens, LogitsWanted.All), logits);
    }

    [Fact]
    public void Other_rows_of_a_batch_change_no_bit()
    {
        using SliceRunner runner = Load(new SliceOptions { Threads = 2 });
        using KvCache alone = runner.CreateCache(32);
        using KvCache first = runner.CreateCache(32);
        using KvCache second = runner.CreateCache(32);
        StageBatch batch = new();
        batch.AddTokens(alone, 0, TinyModel.Tokens, LogitsWanted.Last);
        runner.Forward(batch);
        float[] expected = batch.Logits(0).ToArray();

        batch.Clear();
        batch.AddTokens(first, 0, [1, 2, 3], LogitsWanted.All);
        int row = batch.AddTokens(second, 0, TinyModel.Tokens, LogitsWanted.Last);
        runner.Forward(batch);

        Assert.Equal(expected, batch.Logits(row));
        Assert.Equal(3 * runner.VocabularySize, batch.Logits(0).Length);
    }

    [Fact]
    public void A_step_below_the_caches_length_computes_anew_from_there()
    {
        using SliceChain chain = new(TinyModel.Path, new SliceOptions { Threads = 1 });
        float[] expected = chain.Forward(0, TinyModel.Tokens, LogitsWanted.Last);
        chain.Forward(5, [1, 2, 3], LogitsWanted.Last);

        Assert.Equal(expected, chain.Forward(5, TinyModel.Tokens.AsSpan(5), LogitsWanted.Last));
    }

    [Fact]
    public void A_decode_step_allocates_nothing()
    {
        using SliceRunner runner = Load(new SliceOptions { Threads = 1 });
        using KvCache cache = runner.CreateCache(64);
        StageBatch batch = new();
        long Step(int position) => Allocations.Of(() =>
        {
            batch.Clear();
            batch.AddTokens(cache, position, [5], LogitsWanted.Last);
            runner.Forward(batch);
        });

        for (int warm = 0; warm < 8; warm++)
        {
            Step(warm);
        }

        Assert.Equal(0, Step(8));
        Assert.Equal(0, Step(9));
    }

    [Fact]
    public void Weights_take_the_memory_that_the_footprint_tells()
    {
        using ModelFile file = ModelFile.Open(TinyModel.Path);
        for (int first = 0; first < file.Spec.UnitCount; first++)
        {
            for (int end = first + 1; end <= file.Spec.UnitCount; end++)
            {
                UnitRange units = new(first, end);
                using SliceRunner runner = SliceRunner.Load(file, units, new SliceOptions { Threads = 1 });
                Assert.Equal(file.Footprint.BytesOf(units), runner.WeightBytes);
            }
        }
    }

    [Fact]
    public void Bad_rows_are_refused_before_a_cache_changes()
    {
        using SliceRunner runner = Load(new SliceOptions { Threads = 1 });
        using KvCache cache = runner.CreateCache(4);
        StageBatch batch = new();
        Assert.Throws<ArgumentException>(() => runner.Forward(batch));
        batch.AddTokens(cache, 0, [128], LogitsWanted.Last);
        Assert.Contains("Token 128", Assert.Throws<ArgumentException>(() => runner.Forward(batch)).Message, StringComparison.Ordinal);
        batch.Clear();
        batch.AddTokens(cache, 0, [1, 2, 3, 4, 5], LogitsWanted.Last);
        Assert.Throws<ArgumentException>(() => runner.Forward(batch));
        batch.Clear();
        batch.AddTokens(cache, 1, [1], LogitsWanted.Last);
        Assert.Throws<ArgumentException>(() => runner.Forward(batch));
        Assert.Equal(0, cache.Length);
        Assert.Equal(0, cache.Bytes);
    }

    private static SliceRunner Load(SliceOptions options)
    {
        using ModelFile file = ModelFile.Open(TinyModel.Path);
        return SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), options);
    }
}
