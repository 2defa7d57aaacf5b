using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Tiny random models of each architecture against logits computed by another program.</summary>
public sealed class ArchitectureTests
{
    public static TheoryData<string> Names => new(
        "llama", "llama-tied", "llama-rope-freqs", "llama-rope-linear", "llama-rope-yarn", "llama-bias", "qwen2", "qwen3");

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
}
