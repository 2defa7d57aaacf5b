using Exo.Engine.Kernels;
using Exo.Engine.Kernels.Tiles;
using FsCheck;
using FsCheck.Fluent;

namespace Exo.Engine.Tests.Kernels;

/// <summary>Activations that are quantised and decoded again, from the smallest that count to the largest there are.</summary>
public sealed unsafe class QuantiserPropertyTests
{
    /// <summary>Blocks whose largest element has a magnitude below this, 2^-100, are zeros: their scale could not be inverted.</summary>
    private const float Smallest = 7.8886090522101181e-31f;

    [Fact]
    public void A_decoded_activation_is_within_half_a_step_of_what_it_was() => Prop.ForAll(Blocks().ToArbitrary(), block =>
    {
        Quantised small = Quantise(KernelTier.Scalar, block.AsSpan(0, 32));
        Quantised large = Quantise(KernelTier.Scalar, block);
        Near(block[..32], small);
        Near(block, large);
        Assert.Equal(small.Bytes.Sum(b => b), small.Sum);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_tier_quantises_to_the_same_bytes() => Prop.ForAll(Blocks().ToArbitrary(), block =>
    {
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            Assert.Equal(Quantise(KernelTier.Scalar, block).Bytes, Quantise(tier, block).Bytes);
            Assert.Equal(Quantise(KernelTier.Scalar, block).Scale, Quantise(tier, block).Scale);
            Assert.Equal(Quantise(KernelTier.Scalar, block.AsSpan(0, 32)).Bytes, Quantise(tier, block.AsSpan(0, 32)).Bytes);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_activation_that_is_no_number_is_told_and_leaves_zeros() => Prop.ForAll(
        Gen.Zip(Blocks(), Gen.Zip(Gen.Choose(0, 255), Gen.Elements(float.NaN, float.PositiveInfinity, float.NegativeInfinity))).ToArbitrary(), wrong =>
    {
        float[] block = [.. wrong.Item1];
        block[wrong.Item2.Item1] = wrong.Item2.Item2;
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            Quantised whole = Quantise(tier, block);
            Assert.False(whole.IsFinite);
            Assert.All(whole.Bytes, b => Assert.Equal(0, b));
            Assert.Equal(wrong.Item2.Item1 >= 32, Quantise(tier, block.AsSpan(0, 32)).IsFinite);
        }
    }).QuickCheckThrowOnFailure();

    /// <summary>256 numbers around a magnitude, some of them zero, some far smaller.</summary>
    private static Gen<float[]> Blocks() =>
        from magnitude in Gen.Choose(-45, 38)
        from numbers in Gen.ArrayOf(Gen.Zip(Gen.Choose(-1_000_000, 1_000_000), Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 8)))), 256)
        select numbers.Select(number => (float)Math.Clamp(number.Item1 / 1e6 * Math.Pow(10, magnitude - number.Item2), float.MinValue, float.MaxValue)).ToArray();

    private static void Near(float[] block, Quantised quantised)
    {
        Assert.True(quantised.IsFinite);
        float largest = block.Max(MathF.Abs);
        if (largest < Smallest)
        {
            Assert.Equal(0, quantised.Scale);
            return;
        }

        Assert.Equal(127, quantised.Bytes.Max(b => Math.Abs((int)b)));
        for (int i = 0; i < block.Length; i++)
        {
            double off = Math.Abs(block[i] - ((double)quantised.Scale * quantised.Bytes[i]));
            Assert.True(off <= 0.50001 * quantised.Scale, $"{block[i]:r} became {quantised.Bytes[i]} · {quantised.Scale:r}");
        }
    }

    private static Quantised Quantise(KernelTier tier, ReadOnlySpan<float> block)
    {
        KernelSet kernels = KernelSet.For(tier);
        sbyte[] bytes = new sbyte[block.Length];
        float scale;
        short* sums = stackalloc short[24];
        fixed (float* x = block)
        fixed (sbyte* q = bytes)
        {
            if (block.Length == 32)
            {
                int sum = kernels.Quantise32(x, q, &scale);
                return new Quantised(bytes, scale, sum, sum != int.MinValue);
            }

            bool isFinite = kernels.Quantise256(x, q, &scale, sums, sums + 16);
            return new Quantised(bytes, scale, 0, isFinite);
        }
    }

    private sealed record Quantised(sbyte[] Bytes, float Scale, int Sum, bool IsFinite);
}
