using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Kernels;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>What each way to store keys and values costs, on tiny random models of each architecture; and that it costs the same everywhere.</summary>
public sealed class CacheTypeTests
{
    // About twice the worst that was measured: F16 3.4e-7 (olmo3), BF16 2.4e-5 (gemma3), Q8 2.1e-4 (olmo3).
    private static readonly (KvCacheType Type, double Worst)[] s_bounds = [(KvCacheType.F16, 7e-7), (KvCacheType.BF16, 5e-5), (KvCacheType.Q8, 4e-4)];

    public static TheoryData<string> Names => ArchitectureTests.Names;

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_smaller_cache_stays_near_the_whole_one(string name)
    {
        string file = Model(name, out int[] tokens);
        float[] expected = Logits(file, tokens, new SliceOptions { Threads = 1, Cache = KvCacheType.F32 });
        foreach ((KvCacheType type, double worst) in s_bounds)
        {
            double error = Median(Logits(file, tokens, new SliceOptions { Threads = 1, Cache = type }), expected, tokens.Length);
            Assert.InRange(error, 0, worst);
        }
    }

    [SkippableTheory]
    [InlineData("llama")]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    [InlineData("phi2")]
    [InlineData("deepseek2-v3")]
    [InlineData("minicpm3")]
    [InlineData("qwen35")]
    public void Tiers_cuts_and_chunks_change_no_bit_of_an_eight_bit_cache(string name)
    {
        string file = Model(name, out int[] tokens);
        float[] expected = Logits(file, tokens, new SliceOptions { Threads = 1, Cache = KvCacheType.Q8, Kernels = KernelTier.Scalar });
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            Assert.Equal(expected, Logits(file, tokens, new SliceOptions { Threads = 2, Cache = KvCacheType.Q8, Kernels = tier }));
        }

        using SliceChain cut = new(file, new SliceOptions { Threads = 1, Cache = KvCacheType.Q8 }, 2);
        List<float> steps = [];
        for (int first = 0; first < tokens.Length; first += 3)
        {
            steps.AddRange(cut.Forward(first, tokens.AsSpan(first, Math.Min(3, tokens.Length - first)), LogitsWanted.All));
        }

        Assert.Equal(expected, steps);
    }

    [SkippableTheory]
    [InlineData(KvCacheType.F16, 2e-7)]
    [InlineData(KvCacheType.BF16, 2e-5)]
    [InlineData(KvCacheType.Q8, 3e-4)]
    public void A_trained_model_says_the_same_with_a_smaller_cache(KvCacheType type, double worst)
    {
        string file = Path.Combine(ReferenceData.Require("weights", "real"), "stories260K-F32.gguf");
        int[] prompt = [1, 403, 407, 261, 378];
        using SliceChain whole = new(file, new SliceOptions { Threads = 1, Cache = KvCacheType.F32 });
        int[] tokens = whole.Greedy(prompt, 64);
        float[] expected = Logits(file, tokens, new SliceOptions { Threads = 1, Cache = KvCacheType.F32 });
        float[] actual = Logits(file, tokens, new SliceOptions { Threads = 1, Cache = type });

        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, worst);
        using SliceChain chain = new(file, new SliceOptions { Threads = 1, Cache = type });
        Assert.Equal(tokens, chain.Greedy(prompt, 64));
    }

    /// <summary>NMSE of the middle position: where a mixture's router is torn between two experts of a random model, a rounding chooses another one there.</summary>
    private static double Median(float[] actual, float[] expected, int positions)
    {
        int size = expected.Length / positions;
        double[] errors = [.. Enumerable.Range(0, positions).Select(p => ReferenceFloats.Nmse(actual[(p * size)..((p + 1) * size)], expected[(p * size)..((p + 1) * size)])).Order()];
        return errors[positions / 2];
    }

    private static float[] Logits(string file, int[] tokens, SliceOptions options)
    {
        using SliceChain chain = new(file, options);
        return chain.Forward(0, tokens, LogitsWanted.All);
    }

    private static string Model(string name, out int[] tokens)
    {
        string folder = ReferenceData.Require("weights", "arch");
        tokens = ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json"));
        return Path.Combine(folder, $"{name}.gguf");
    }
}
