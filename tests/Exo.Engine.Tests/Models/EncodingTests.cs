using System.Text.Json;
using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>One model in 18 encodings against logits of its decoded weights.</summary>
public sealed class EncodingTests
{
    public static TheoryData<string> Names => new(
        "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "IQ3_S", "IQ2_XS", "MXFP4", "TQ2_0");

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_judge_computes_with_exactly_the_decoded_weights(string name)
    {
        (string file, int[] tokens, float[] expected, _) = Case(name);
        using SliceChain chain = new(file, new SliceOptions { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.All), expected), 0, 1e-9);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Fast_kernels_lose_no_more_than_half_again_of_the_reference(string name)
    {
        (string file, int[] tokens, float[] expected, double allowed) = Case(name);
        using SliceChain chain = new(file, new SliceOptions { Threads = 1, Cache = KvCacheType.F32 });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.All), expected), 0, 1.5 * allowed);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Tiers_cuts_and_steps_change_no_bit(string name)
    {
        (string file, int[] tokens, _, _) = Case(name);
        using SliceChain whole = new(file, new SliceOptions { Threads = 1 });
        float[] expected = whole.Forward(0, tokens, LogitsWanted.All);
        foreach (KernelTier tier in MachineTiers.All.Where(tier => tier != KernelTier.Judge))
        {
            using SliceChain chain = new(file, new SliceOptions { Threads = 1, Kernels = tier });
            Assert.Equal(expected, chain.Forward(0, tokens, LogitsWanted.All));
        }

        foreach (KernelTier tier in new[] { KernelTier.Auto, KernelTier.Judge })
        {
            using SliceChain uncut = new(file, new SliceOptions { Threads = 1, Kernels = tier });
            float[] same = uncut.Forward(0, tokens, LogitsWanted.All);
            for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
            {
                using SliceChain chain = new(file, new SliceOptions { Threads = 1, Kernels = tier }, cut);
                Assert.Equal(same, chain.Forward(0, tokens, LogitsWanted.All));
            }
        }

        using SliceChain steps = new(file, new SliceOptions { Threads = 2 });
        List<float> one = [];
        for (int t = 0; t < tokens.Length; t++)
        {
            one.AddRange(steps.Forward(t, tokens.AsSpan(t, 1), LogitsWanted.All));
        }

        Assert.Equal(expected, one);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Weights_stay_as_large_as_in_the_file(string name)
    {
        (string file, _, _, _) = Case(name);
        using SliceChain chain = new(file, new SliceOptions { Threads = 1 });

        // The tied embedding is held twice: as rows for the input, as tiles for the output.
        Assert.InRange(chain.Runners[0].WeightBytes, 0, new FileInfo(file).Length * 1.35);
    }

    private static (string File, int[] Tokens, float[] Dequantised, double Reference) Case(string name)
    {
        string folder = ReferenceData.Require("weights", "encodings");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        JsonElement encoding = index.RootElement.GetProperty("encodings").EnumerateArray().Single(item => item.GetProperty("type").GetString() == name);
        return (
            Path.Combine(folder, $"{name}.gguf"),
            ReferenceFloats.Tokens(Path.Combine(folder, "index.json")),
            ReferenceFloats.Read(Path.Combine(folder, $"{name}.dequant_logits.f32")),
            encoding.GetProperty("nmse_native_vs_dequantised").GetDouble());
    }
}
