using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Memory;
using Exo.Engine.Models;
using Exo.Engine.Tests.Kernels;

namespace Exo.Engine.Tests.Models;

/// <summary>Recurrent layers at sizes where they are cut among threads.</summary>
public sealed unsafe class StateJobTests
{
    private const int Channels = 1100;
    private const int Kernel = 4;
    private const int Tokens = 37;

    [Fact]
    public void Parts_of_a_convolution_have_the_bits_of_the_whole_with_any_threads()
    {
        using NativeBuffer weights = KernelCase.Gaussian(1, Kernel * Channels);
        using NativeBuffer bias = KernelCase.Gaussian(2, Channels);
        using NativeBuffer x = KernelCase.Gaussian(3, Tokens * Channels);
        using NativeBuffer whole = new(Tokens * Channels * sizeof(float));
        using NativeBuffer earlier = new((Kernel - 1) * Channels * sizeof(float));
        ConvolutionStep all = new() { Channels = Channels, Kernel = Kernel, Weights = weights.Floats, Bias = bias.Floats, X = x.Floats, Y = whole.Floats };
        for (long t = 0; t < Tokens; t++)
        {
            ConvolutionJob.Token(KernelSet.For(KernelTier.Scalar), all, 0, Channels, earlier.Floats, t, whole.Floats + (t * Channels));
        }

        RecurrentSpec recurrent = new() { Kernel = Kernel, InnerSize = Channels, StateSize = 1, Rank = 1 };
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using ComputePool pool = new(threads);
            using LayerStep step = new(Spec(recurrent), KernelSet.For(KernelTier.Auto), pool);
            using KvCache cache = Cache(recurrent);
            using NativeBuffer parts = new(Tokens * Channels * sizeof(float));
            step.Begin();
            step.Add(new StepRow(cache, 0, Tokens, 0));

            StateJob.Run(step, step.ConvolutionJobs, 0, ConvolutionJob.Parts(Channels), all with { Y = parts.Floats });

            KernelCase.SameBits(whole.Floats, parts.Floats, Tokens * Channels, $"{threads} threads");
            KernelCase.SameBits(earlier.Floats, cache.State(0), (Kernel - 1) * Channels, $"state, {threads} threads");
        }
    }

    [Fact]
    public void Heads_of_the_delta_rule_have_the_same_bits_with_any_threads()
    {
        RecurrentSpec recurrent = new() { Kernel = Kernel, InnerSize = 8 * 64, StateSize = 32, Rank = 8, Groups = 4, NeighboursShare = true };
        using NativeBuffer mixed = KernelCase.Gaussian(1, Tokens * recurrent.Channels, 0.2f);
        using NativeBuffer gates = KernelCase.Gaussian(2, Tokens * 16);
        using NativeBuffer vectors = KernelCase.Gaussian(3, 64);
        using NativeBuffer z = KernelCase.Gaussian(4, Tokens * recurrent.InnerSize);
        using NativeBuffer expected = new((Tokens * recurrent.InnerSize + recurrent.SessionFloats) * sizeof(float));
        foreach (KernelTier tier in new[] { KernelTier.Scalar, KernelTier.Auto })
        {
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using ComputePool pool = new(threads);
                using LayerStep step = new(Spec(recurrent), KernelSet.For(tier), pool);
                using KvCache cache = Cache(recurrent);
                using NativeBuffer read = new(expected.Bytes);
                DeltaStep heads = new()
                {
                    Spec = recurrent,
                    Epsilon = 1e-6f,
                    Tokens = Tokens,
                    Mixed = mixed.Floats,
                    Gates = gates.Floats,
                    DtBias = vectors.Floats,
                    A = vectors.Floats + 8,
                    Norm = vectors.Floats,
                    Z = z.Floats,
                    Read = read.Floats,
                };
                step.Begin();
                step.Add(new StepRow(cache, 0, Tokens, 0));
                StateJob.Run(step, step.DeltaJobs, 0, recurrent.Rank, heads);

                int outputs = Tokens * recurrent.InnerSize;
                Buffer.MemoryCopy(cache.State(0), read.Floats + outputs, recurrent.SessionFloats * sizeof(float), recurrent.SessionFloats * sizeof(float));
                if (tier == KernelTier.Scalar && threads == 1)
                {
                    Buffer.MemoryCopy(read.Floats, expected.Floats, read.Bytes, read.Bytes);
                }

                KernelCase.SameBits(expected.Floats, read.Floats, outputs + recurrent.SessionFloats, $"{tier} {threads} threads");
            }
        }
    }

    private static KvCache Cache(RecurrentSpec recurrent)
    {
        KvLayout[] layouts = [default];
        int[] windows = [0];
        return new KvCache(new KvPool(KvGroup.Of(layouts, windows), long.MaxValue, null), layouts, windows, [recurrent.SessionFloats], 64, 0);
    }

    private static ModelSpec Spec(RecurrentSpec recurrent) => new()
    {
        Name = "w",
        Architecture = "qwen3next",
        LayerCount = 1,
        EmbeddingSize = 64,
        VocabularySize = 8,
        ContextLength = 64,
        HeadCount = 1,
        KvHeadCount = 1,
        HeadSize = 64,
        FeedForwardSize = 64,
        NormEpsilon = 1e-6f,
        AttentionScale = 1,
        Recurrent = recurrent,
    };
}
