using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Models whose layers carry a state from token to token: it belongs to the session, and goes on only from where it is or was kept.</summary>
public sealed class RecurrentTests
{
    public static TheoryData<string> Names => new("mamba", "qwen35", "qwen3next");

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Company_chunks_and_threads_change_no_bit(string name)
    {
        using ModelFile file = Open(name, out int[] tokens);
        float[] expected = Whole(file, tokens);
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 2 });
        using KvCache one = runner.CreateCache(64);
        using KvCache other = runner.CreateCache(64);
        StageBatch batch = new();
        List<float> logits = [];
        foreach ((int from, int count) in new[] { (0, 3), (3, 1), (4, 9), (13, 7) })
        {
            batch.Clear();
            batch.AddTokens(other, other.Length, tokens.AsSpan(from % 5, 4), LogitsWanted.Last);
            int row = batch.AddTokens(one, from, tokens.AsSpan(from, count), LogitsWanted.All);
            runner.Forward(batch);
            logits.AddRange(batch.Logits(row));
        }

        Assert.Equal(expected, logits);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_session_goes_back_to_where_its_state_was_kept_and_to_its_beginning(string name)
    {
        using ModelFile file = Open(name, out int[] tokens);
        float[] expected = Whole(file, tokens);
        int vocabulary = file.Spec.VocabularySize;
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 1 });
        using KvCache cache = runner.CreateCache(64);
        StageBatch batch = new();
        Forward(batch, runner, cache, 0, tokens.AsSpan(0, 10));
        Forward(batch, runner, cache, 10, [1]);
        Forward(batch, runner, cache, 11, [2]);

        Assert.Equal([0, 0, 10, 10, 12], new[] { 0, 9, 10, 11, 12 }.Select(cache.KeepableLength));
        float[] again = Forward(batch, runner, cache, 10, tokens.AsSpan(10));
        Assert.Equal(expected[(10 * vocabulary)..], again);

        batch.Clear();
        batch.AddTokens(cache, 7, tokens.AsSpan(7), LogitsWanted.All);
        Assert.Contains("recurrent state", Assert.Throws<ArgumentException>(() => runner.Forward(batch)).Message, StringComparison.Ordinal);
        Assert.Equal(20, cache.Length);
        Assert.Equal(expected, Forward(batch, runner, cache, 0, tokens));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_footprint_is_what_slices_and_sessions_take(string name)
    {
        using ModelFile file = Open(name, out _);
        Assert.Empty(file.Warnings);
        for (int unit = 0; unit < file.Spec.UnitCount; unit++)
        {
            using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1 });
            using KvCache cache = runner.CreateCache(512);
            Assert.Equal(file.Footprint.UnitBytes[unit], runner.WeightBytes);
            Assert.Equal(file.Footprint.StateBytes[unit], cache.Bytes);
            Assert.True((file.Footprint.KvBytesPerToken(KvCacheType.F16)[unit] == 0) == (unit == 0 || unit > file.Spec.LayerCount || cache.Bytes > 0));
            Assert.InRange(file.Footprint.SessionBytesPerToken(512, KvCacheType.F16)[unit] * 512, cache.Bytes, long.MaxValue);
        }
    }

    private static ModelFile Open(string name, out int[] tokens)
    {
        string folder = ReferenceData.Require("weights", "arch");
        tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        return ModelFile.Open(Path.Combine(folder, $"{name}.gguf"));
    }

    private static float[] Whole(ModelFile file, int[] tokens)
    {
        using ModelRun run = new(file, new SliceOptions { Threads = 1 }, 64);
        return run.Forward(tokens, LogitsWanted.All).ToArray();
    }

    private static float[] Forward(StageBatch batch, SliceRunner runner, KvCache cache, int position, ReadOnlySpan<int> tokens)
    {
        batch.Clear();
        int row = batch.AddTokens(cache, position, tokens, LogitsWanted.All);
        runner.Forward(batch);
        return batch.Logits(row).ToArray();
    }
}
