using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Tiny random models in the Hugging Face form against logits computed in double precision.</summary>
public sealed class FolderModelTests
{
    public static TheoryData<string> Names => new(
        "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3_text", "phi3", "phi3_long", "olmo2", "granite", "smollm3", "glm4",
        "mixtral", "qwen3_moe", "deepseek_v3");

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_the_reference(string name)
    {
        string folder = ReferenceData.Require("hf", name);
        float[] expected = ReferenceFloats.Read(Path.Combine(folder, "logits.f32"));
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, "tokens.json"));
        using SliceChain chain = new(folder, new SliceOptions { Threads = 2, Cache = KvCacheType.F32 });

        float[] actual = chain.Forward(0, tokens, LogitsWanted.All);

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(ReferenceFloats.LargestError(actual, expected), 0, 1e-3);
    }

    [SkippableTheory]
    [InlineData("llama_mlx4")]
    [InlineData("llama_mlx_mxfp4")]
    [InlineData("qwen3_mlx_mixed")]
    public void Quantised_folders_give_the_logits_of_the_reference_wherever_they_are_cut(string name)
    {
        string folder = ReferenceData.Require("hf", name);
        float[] expected = ReferenceFloats.Read(Path.Combine(folder, "logits.f32"));
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, "tokens.json"));
        SliceOptions options = new() { Threads = 2, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };
        using SliceChain chain = new(folder, options);

        float[] actual = chain.Forward(0, tokens, LogitsWanted.All);

        Assert.InRange(ReferenceFloats.LargestError(actual, expected), 0, 1e-3);
        for (int cut = 1; cut <= chain.Spec.LayerCount + 1; cut++)
        {
            using SliceChain parts = new(folder, options, cut);
            Assert.Equal(actual, parts.Forward(0, tokens, LogitsWanted.All));
        }

        using SliceChain fast = new(folder, options with { Kernels = KernelTier.Auto });
        Assert.Equal(actual, fast.Forward(0, tokens, LogitsWanted.All));
    }
}
