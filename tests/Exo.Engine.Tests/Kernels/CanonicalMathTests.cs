using Exo.Engine.Decoding;
using Exo.Engine.Kernels;

namespace Exo.Engine.Tests.Kernels;

public sealed class CanonicalMathTests
{
    [Fact]
    public void Exp_is_within_one_unit_of_the_last_place()
    {
        double worst = 0;
        for (float x = -87f; x < 88.2f; x += 0.000731f)
        {
            worst = Math.Max(worst, Ulps(CanonicalMath.Exp(x), Math.Exp(x)));
        }

        Assert.InRange(worst, 0, 1.0);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e3)]
    [InlineData(1e6)]
    public void Sin_and_cos_are_within_half_a_unit_and_a_little(double from)
    {
        double worst = 0;
        for (int i = -20000; i < 20000; i++)
        {
            float x = (float)(from + (i * 0.00377));
            worst = Math.Max(worst, Math.Max(Ulps(CanonicalMath.Sin(x), Math.Sin(x)), Ulps(CanonicalMath.Cos(x), Math.Cos(x))));
        }

        Assert.InRange(worst, 0, 0.51);
    }

    [Fact]
    public void Tanh_log_and_pow_are_within_half_a_unit_and_a_little()
    {
        double worst = 0;
        for (int i = 1; i < 60000; i++)
        {
            float x = i * 0.00061f;
            worst = Math.Max(worst, Ulps(CanonicalMath.Tanh(x), Math.Tanh(x)));
            worst = Math.Max(worst, Ulps(CanonicalMath.Tanh(-x * 1e-3f), Math.Tanh(-x * 1e-3f)));
            worst = Math.Max(worst, Ulps(CanonicalMath.Log(x), Math.Log(x)));
            worst = Math.Max(worst, Ulps(CanonicalMath.Log(x * 1e-38f), Math.Log(x * 1e-38f)));
            worst = Math.Max(worst, Ulps(CanonicalMath.Pow(x, -1.37f), Math.Pow(x, -1.37f)));
            worst = Math.Max(worst, Ulps(CanonicalMath.Pow(10000f, -i / 60000f), Math.Pow(10000f, -i / 60000f)));
        }

        Assert.InRange(worst, 0, 0.51);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_what_they_should_be()
    {
        Assert.Equal(CanonicalMath.Exp(-87.3f), CanonicalMath.Exp(float.NegativeInfinity));
        Assert.Equal(CanonicalMath.Exp(88.3f), CanonicalMath.Exp(1000f));
        Assert.Equal(1f, CanonicalMath.Exp(0f));
        Assert.Equal(0f, CanonicalMath.Tanh(0f));
        Assert.Equal(1f, CanonicalMath.Tanh(100f));
        Assert.Equal(-1f, CanonicalMath.Tanh(float.NegativeInfinity));
        Assert.Equal(float.NegativeInfinity, CanonicalMath.Log(0f));
        Assert.True(float.IsNaN(CanonicalMath.Log(-1f)));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Log(float.PositiveInfinity));
        Assert.Equal(0f, CanonicalMath.Log(1f));
        Assert.Equal(1f, CanonicalMath.Pow(0f, 0f));
        Assert.Equal(0f, CanonicalMath.Pow(0f, 2f));
        Assert.Equal(double.PositiveInfinity, CanonicalMath.Exp(710.0));
        Assert.Equal(0.0, CanonicalMath.Exp(-800.0));
    }

    [Fact]
    public void Every_half_survives_the_way_to_single_and_back()
    {
        for (int bits = 0; bits < 0x10000; bits++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsFinite(half))
            {
                Assert.Equal((float)half, HalfBits.ToSingle((ushort)bits));
                Assert.Equal((ushort)bits, HalfBits.FromSingle((float)half));
            }
        }
    }

    [Fact]
    public void Singles_round_to_the_nearest_half_and_stop_at_the_largest()
    {
        Random random = new(7);
        for (int i = 0; i < 300000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            Half expected = (Half)Math.Clamp(x, -65504f, 65504f);
            if (float.IsFinite(x))
            {
                Assert.Equal(BitConverter.HalfToUInt16Bits(expected), HalfBits.FromSingle(x));
            }
        }

        Assert.Equal(0x7bff, HalfBits.FromSingle(float.PositiveInfinity));
        Assert.Equal(0xfbff, HalfBits.FromSingle(-1e30f));
    }

    private static double Ulps(float actual, double exact)
    {
        float near = Math.Abs((float)exact);
        double unit = near < 1.2e-38f ? float.Epsilon : MathF.BitIncrement(near) - near;
        return Math.Abs(actual - exact) / unit;
    }
}
