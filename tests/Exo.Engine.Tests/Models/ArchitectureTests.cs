using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Tiny random models of each architecture against logits computed by another program.</summary>
public sealed class ArchitectureTests
{
    public static TheoryData<string> Names => new(
        "llama", "llama-tied", "llama-rope-freqs", "llama-rope-linear", "llama-rope-yarn", "llama-bias", "qwen2", "qwen3",
        "gemma", "gemma2", "gemma3", "phi2", "phi3", "phi3-longrope", "granite", "command-r", "cohere2", "olmo2", "olmo3", "smollm3", "stablelm", "stablelm-12b",
        "starcoder2", "glm4", "internlm2", "falcon", "falcon-40b", "gpt2", "mistral3",
        "mixtral", "qwen3moe", "qwen2moe", "granitemoe", "phimoe", "deepseek", "gpt-oss", "llama4", "deepseek2-lite", "deepseek2-v3", "minicpm3",
        "mamba", "qwen35", "qwen3next");

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_the_reference(string name)
    {
        string folder = ReferenceData.Require("weights", "arch");
        float[] expected = ReferenceFloats.Read(Path.Combine(folder, $"{name}.logits.f32"));
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        using SliceChain chain = new(Path.Combine(folder, $"{name}.gguf"), new SliceOptions { Threads = 2, Cache = KvCacheType.F32 });

        float[] actual = chain.Forward(0, tokens, LogitsWanted.All);

        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, 1e-9);
        Assert.Equal(ReferenceFloats.Greedy(expected, chain.Spec.VocabularySize), ReferenceFloats.Greedy(actual, chain.Spec.VocabularySize));
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_half_precision_cache_stays_near_the_reference(string name)
    {
        string folder = ReferenceData.Require("weights", "arch");
        float[] expected = ReferenceFloats.Read(Path.Combine(folder, $"{name}.logits.f32"));
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        using SliceChain chain = new(Path.Combine(folder, $"{name}.gguf"), new SliceOptions { Threads = 1 });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.All), expected), 0, 1e-5);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Cuts_and_chunks_change_no_bit(string name)
    {
        string folder = ReferenceData.Require("weights", "arch");
        string file = Path.Combine(folder, $"{name}.gguf");
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        SliceOptions options = new() { Threads = 1 };
        using SliceChain whole = new(file, options);
        float[] expected = whole.Forward(0, tokens, LogitsWanted.All);

        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain chain = new(file, options, cut);
            Assert.Equal(expected, chain.Forward(0, tokens, LogitsWanted.All));
        }

        using SliceChain steps = new(file, options, whole.Spec.LayerCount);
        List<float> one = [];
        for (int t = 0; t < tokens.Length; t++)
        {
            one.AddRange(steps.Forward(t, tokens.AsSpan(t, 1), LogitsWanted.All));
        }

        Assert.Equal(expected, one);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Company_in_a_batch_changes_no_bit(string name)
    {
        string folder = ReferenceData.Require("weights", "arch");
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        using ModelFile file = ModelFile.Open(Path.Combine(folder, $"{name}.gguf"));
        using SliceRunner runner = SliceRunner.Load(file, new UnitRange(0, file.Spec.UnitCount), new SliceOptions { Threads = 2 });
        float[] alone = Run(runner, tokens, []);

        float[] together = Run(runner, tokens, [tokens[^1], tokens[3], tokens[5], tokens[7], tokens[11]]);

        Assert.Equal(alone, together);
    }

    private static float[] Run(SliceRunner runner, int[] tokens, int[] others)
    {
        using KvCache mine = runner.CreateCache(64);
        using KvCache theirs = runner.CreateCache(64);
        StageBatch batch = new();
        if (others.Length > 0)
        {
            batch.AddTokens(theirs, 0, others, LogitsWanted.Last);
        }

        int row = batch.AddTokens(mine, 0, tokens, LogitsWanted.All);
        runner.Forward(batch);
        return batch.Logits(row).ToArray();
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_footprint_is_what_slices_load(string name)
    {
        using ModelFile file = ModelFile.Open(Path.Combine(ReferenceData.Require("weights", "arch"), $"{name}.gguf"));
        for (int unit = 0; unit < file.Spec.UnitCount; unit++)
        {
            using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1 });
            Assert.Equal(file.Footprint.UnitBytes[unit], runner.WeightBytes);
        }
    }
}
