using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Tiny random models in the Hugging Face form against logits computed in double precision.</summary>
public sealed class FolderModelTests
{
    public static TheoryData<string> Names => new(
        "llama", "mistral", "qwen2", "qwen3", "gemma2", "gemma3_text", "phi3", "phi3_long", "olmo2", "granite", "smollm3", "glm4",
        "mixtral", "qwen3_moe", "deepseek_v3", "gpt_oss_bf16", "deepseek_v3_fp8");

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
    [InlineData("deepseek_v3_fp8")]
    [InlineData("gpt_oss")]
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

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Cuts_and_chunks_change_no_bit(string name)
    {
        string folder = ReferenceData.Require("hf", name);
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(folder, "tokens.json"));
        SliceOptions options = new() { Threads = 1 };
        using SliceChain whole = new(folder, options);
        float[] expected = whole.Forward(0, tokens, LogitsWanted.All);

        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain chain = new(folder, options, cut);
            float[] first = chain.Forward(0, tokens.AsSpan(0, 5), LogitsWanted.All);
            Assert.Equal(expected, first.Concat(chain.Forward(5, tokens.AsSpan(5), LogitsWanted.All)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_footprint_is_what_slices_load(string name)
    {
        using ModelFile file = ModelFile.Open(ReferenceData.Require("hf", name));
        for (int unit = 0; unit < file.Spec.UnitCount; unit++)
        {
            using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1 });
            Assert.Equal(file.Footprint.UnitBytes[unit], runner.WeightBytes);
        }
    }
}
