using Exo.Engine.Decoding;
using Exo.Engine.Kernels;

namespace Exo.Engine.Tests.Kernels;

/// <summary>The blocks of a q8 cache.</summary>
public sealed unsafe class KvBlocksTests
{
    [Theory]
    [InlineData(32, 1f)]
    [InlineData(7, 1e-3f)]
    [InlineData(32, 1e4f)]
    [InlineData(1, 3f)]
    [InlineData(32, 2e-5f)]
    public void What_is_read_lies_within_half_a_step_of_what_was_stored(int count, float size)
    {
        Random random = new(count);
        float* x = stackalloc float[count];
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < count; i++)
            {
                x[i] = (float)((random.NextDouble() - 0.5) * size);
            }

            ushort scale = KvBlocks.Scale(x, count, out float inverse);
            float step = HalfBits.ToSingle(scale);
            for (int i = 0; i < count; i++)
            {
                // Where the scale itself lost bits, the largest elements lie beyond 127 steps.
                double beyond = Math.Max(0, Math.Abs(x[i]) - (127.0 * step));
                Assert.InRange(Math.Abs((double)x[i] - KvBlocks.Dequantise(KvBlocks.Quantise(x[i], inverse), scale)), 0, Math.Max(beyond, 0.501 * step));
            }
        }
    }

    [Fact]
    public void Nothing_and_the_unstorable_become_finite_numbers()
    {
        float* x = stackalloc float[4];
        Assert.Equal(0, KvBlocks.Scale(x, 4, out float inverse));
        Assert.Equal(0, KvBlocks.Quantise(0, inverse));

        (x[0], x[1], x[2], x[3]) = (float.PositiveInfinity, float.NaN, -float.MaxValue, 1);
        ushort scale = KvBlocks.Scale(x, 4, out inverse);
        Assert.Equal([127, 0, -127, 0], new[] { x[0], x[1], x[2], x[3] }.Select(value => (int)KvBlocks.Quantise(value, inverse)));
        Assert.True(float.IsFinite(KvBlocks.Dequantise(127, scale)));

        (x[0], x[1], x[2], x[3]) = (1e-9f, -1e-9f, 0, 1e-12f);
        Assert.Equal(0, KvBlocks.Scale(x, 4, out inverse));
        Assert.Equal(0, KvBlocks.Quantise(x[0], inverse));
    }

    [Fact]
    public void A_page_of_eight_bit_numbers_takes_a_little_more_than_half_of_a_half_precision_one()
    {
        KvLayout half = new(8, 128, 128, KvCacheType.F16);
        KvLayout eight = new(8, 128, 128, KvCacheType.Q8);

        Assert.Equal(8 * 512 * 2 * 128 * 2, half.PageBytes);
        Assert.Equal(8 * 512 * 2 * 128 * 34 / 32, eight.PageBytes);
    }
}
