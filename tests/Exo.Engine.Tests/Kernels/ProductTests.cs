using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Kernels;

public sealed unsafe class ProductTests
{
    private static readonly (TensorType Type, int Block)[] s_formats =
    [
        (TensorType.F32, 1), (TensorType.F16, 1), (TensorType.BF16, 1), (TensorType.Q4_0, 32), (TensorType.Q8_0, 32), (TensorType.Q4_K, 256), (TensorType.Q6_K, 256),
        .. TileKernels.Formats32.Select(format => (format.Type, 32)), .. TileKernels.Formats256.Select(format => (format.Type, 256)),
    ];

    /// <summary>Formats that share a kernel need fewer sizes each.</summary>
    private static readonly TensorType[] s_shared = [.. TileKernels.Formats32.Select(format => format.Type), .. TileKernels.Formats256.Select(format => format.Type)];

    public static TheoryData<KernelTier, TensorType, int> TiersAndFormats()
    {
        TheoryData<KernelTier, TensorType, int> data = [];
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            foreach ((TensorType type, int block) in s_formats)
            {
                data.Add(tier, type, block);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void A_product_is_near_the_product_in_double_of_the_decoded_weights(KernelTier tier, TensorType type, int block)
    {
        const int Rows = 37;
        const int Count = 6;
        int columns = block == 1 ? 172 : block * 5;
        using NativeBuffer file = KernelCase.Weights(1, type, Rows, columns);
        using NativeBuffer x = KernelCase.Gaussian(2, Count * columns);
        using ComputePool pool = new(2);

        using NativeBuffer y = Multiply(pool, tier, type, file, Rows, columns, x.Floats, Count);

        Assert.InRange(Nmse(type, file, Rows, columns, x, Count, y), 0, block == 1 ? 1e-12 : block == 32 ? 1e-3 : 2e-3);
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void The_judge_is_near_the_product_in_double_however_weights_are_stored(KernelTier tier, TensorType type, int block)
    {
        const int Rows = 20;
        const int Count = 3;
        int columns = block == 1 ? 172 : block * 3;
        Assert.True(Enum.IsDefined(tier));
        using NativeBuffer file = KernelCase.Weights(3, type, Rows, columns);
        using NativeBuffer x = KernelCase.Gaussian(4, Count * columns);
        using ComputePool pool = new(1);

        using NativeBuffer y = Multiply(pool, KernelTier.Judge, type, file, Rows, columns, x.Floats, Count);

        Assert.InRange(Nmse(type, file, Rows, columns, x, Count, y), 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void Every_tier_gives_the_bits_of_the_plain_loops(KernelTier tier, TensorType type, int block)
    {
        using ComputePool pool = new(2);
        int seed = 10;
        foreach (int columns in block == 1 ? new[] { 1, 2, 7, 64, 172, 1500 } : block == 256 ? [block, block * 3, block * 9] : [block, block * 2, block * 3, block * 33])
        {
            foreach (int rows in s_shared.Contains(type) ? new[] { 1, 47 } : [1, 16, 47, 272])
            {
                using NativeBuffer file = KernelCase.Weights(seed, type, rows, columns);
                using NativeBuffer x = KernelCase.Gaussian(seed + 1, 64 * columns);
                seed += 2;
                foreach (int n in columns > 1000 || rows > 100 || s_shared.Contains(type) ? new[] { 1, 5, 17, 64 } : [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 64])
                {
                    using NativeBuffer expected = Multiply(pool, KernelTier.Scalar, type, file, rows, columns, x.Floats, n);
                    using NativeBuffer actual = Multiply(pool, tier, type, file, rows, columns, x.Floats, n);

                    KernelCase.SameBits(expected.Floats, actual.Floats, (long)n * rows, $"{type} {rows}x{columns} n={n}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void Extreme_bytes_and_activations_neither_saturate_nor_wrap(KernelTier tier, TensorType type, int block)
    {
        int columns = block == 1 ? 66 : block * 2;
        const int Rows = 16;
        const int Count = 5;
        using ComputePool pool = new(1);
        using NativeBuffer x = new(Count * columns * 4L);
        foreach (byte constant in new byte[] { 0xff, 0x00, 0x80, 0x7f, 0xf0, 0x0f })
        {
            using NativeBuffer file = KernelCase.Weights(9, type, Rows, columns, block == 1 ? (byte)(constant & 0x3f) : constant);
            foreach (float size in new[] { 127f, -127f, 1e-30f, 1e-38f, 3e4f })
            {
                for (int i = 0; i < Count * columns; i++)
                {
                    x.Floats[i] = i % 3 == 2 ? -size : size;
                }

                using NativeBuffer expected = Multiply(pool, KernelTier.Scalar, type, file, Rows, columns, x.Floats, Count);
                using NativeBuffer actual = Multiply(pool, tier, type, file, Rows, columns, x.Floats, Count);
                KernelCase.SameBits(expected.Floats, actual.Floats, Count * Rows, $"{type} {constant:x2} {size}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void A_row_has_the_same_bits_alone_and_in_any_company_and_with_any_threads(KernelTier tier, TensorType type, int block)
    {
        const int Rows = 600;
        const int Count = 70;
        int columns = block == 1 ? 520 : block * (block == 32 ? 65 : 9);
        using NativeBuffer file = KernelCase.Weights(20, type, Rows, columns);
        using NativeBuffer x = KernelCase.Gaussian(21, Count * columns);
        using WeightMatrix weights = WeightMatrix.Load(type, file.Pointer, Rows, columns, tier);
        using NativeBuffer alone = new(Count * Rows * 4L);
        using (ComputePool one = new(1))
        {
            for (int c = 0; c < Count; c++)
            {
                KernelSet.For(tier).Multiply(one, weights, x.Floats + ((long)c * columns), 1, alone.Floats + (c * Rows));
            }
        }

        foreach (int threads in new[] { 1, 2, 4 })
        {
            using ComputePool pool = new(threads);
            using NativeBuffer together = new(Count * Rows * 4L);
            KernelSet.For(tier).Multiply(pool, weights, x.Floats, Count, together.Floats);
            KernelCase.SameBits(alone.Floats, together.Floats, Count * Rows, $"{type} threads={threads}");
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void Matrices_that_share_an_input_give_the_bits_of_single_products(KernelTier tier, TensorType type, int block)
    {
        Assert.True(block > 0);
        const int Columns = 512;
        using ComputePool pool = new(2);
        using NativeBuffer x = KernelCase.Gaussian(30, 40 * Columns);
        using NativeBuffer fileA = KernelCase.Weights(31, type, 300, Columns);
        using NativeBuffer fileB = KernelCase.Weights(32, TensorType.Q8_0, 40, Columns);
        using NativeBuffer fileC = KernelCase.Weights(33, TensorType.F16, 17, Columns);
        using WeightMatrix a = WeightMatrix.Load(type, fileA.Pointer, 300, Columns, tier);
        using WeightMatrix b = WeightMatrix.Load(TensorType.Q8_0, fileB.Pointer, 40, Columns, tier);
        using WeightMatrix c = WeightMatrix.Load(TensorType.F16, fileC.Pointer, 17, Columns, tier);
        using NativeBuffer single = new(40 * 357 * 4);
        using NativeBuffer joint = new(40 * 357 * 4);
        KernelSet kernels = KernelSet.For(tier);
        foreach (int n in new[] { 1, 4, 40 })
        {
            kernels.Multiply(pool, a, x.Floats, n, single.Floats);
            kernels.Multiply(pool, b, x.Floats, n, single.Floats + 12000);
            kernels.Multiply(pool, c, x.Floats, n, single.Floats + 13600);

            kernels.Multiply(pool, x.Floats, n, [new Product(a, joint.Floats), new Product(b, joint.Floats + 12000), new Product(c, joint.Floats + 13600)]);

            KernelCase.SameBits(single.Floats, joint.Floats, 40 * 357, $"{type} n={n}");
        }
    }

    [Theory]
    [MemberData(nameof(TiersAndFormats))]
    public void A_row_that_is_not_finite_is_named_and_leaves_the_others_alone(KernelTier tier, TensorType type, int block)
    {
        const int Rows = 32;
        int columns = block == 1 ? 64 : block * 2;
        using ComputePool pool = new(2);
        using NativeBuffer file = KernelCase.Weights(40, type, Rows, columns);
        foreach (int n in new[] { 3, 11 })
        {
            using NativeBuffer x = KernelCase.Gaussian(41, n * columns);
            using NativeBuffer good = Multiply(pool, tier, type, file, Rows, columns, x.Floats, n);
            Assert.False(pool.Faults.Any);
            x.Floats[(1 * columns) + 5] = float.NaN;
            x.Floats[((n - 1) * columns) + columns - 1] = float.NegativeInfinity;

            using NativeBuffer bad = Multiply(pool, tier, type, file, Rows, columns, x.Floats, n);

            Assert.True(pool.Faults.Any);
            Assert.Equal(Enumerable.Range(0, n).Select(r => r == 1 || r == n - 1), Enumerable.Range(0, n).Select(r => pool.Faults[r]));
            KernelCase.SameBits(good.Floats, bad.Floats, Rows, "row 0");
            pool.Faults.Clear();
            Assert.False(pool.Faults[1]);
        }
    }

    [Theory]
    [InlineData(TensorType.F32, 0x7fc00000, 4 * 63)]
    [InlineData(TensorType.F32, 0x7f800000, 4 * 3)]
    [InlineData(TensorType.F16, 0x7c00, 2 * 63)]
    [InlineData(TensorType.BF16, 0xff80, 2 * 1)]
    [InlineData(TensorType.Q4_0, 0x7c01, 18)]
    [InlineData(TensorType.Q8_0, 0xfc00, 34)]
    [InlineData(TensorType.MXFP4, 0xfd, 17)] // six times 2^126 is infinite
    public void Weights_that_are_not_finite_are_refused_with_their_row(TensorType type, uint number, int at)
    {
        using NativeBuffer file = KernelCase.Weights(60, type, 18, 64);
        byte* row = file.Pointer + (17 * type.RowBytes(64)) + at;
        for (int i = 0; i < (type == TensorType.F32 ? 4 : 2); i++)
        {
            row[i] = (byte)(number >> (8 * i));
        }

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => WeightMatrix.Load(type, file.Pointer, 18, 64, KernelTier.Auto));

        Assert.Contains("Row 17", refused.Message, StringComparison.Ordinal);
    }

    private static NativeBuffer Multiply(ComputePool pool, KernelTier tier, TensorType type, NativeBuffer file, int rows, int columns, float* x, int n)
    {
        NativeBuffer y = new((long)n * rows * 4);
        using WeightMatrix weights = WeightMatrix.Load(type, file.Pointer, rows, columns, tier);
        KernelSet.For(tier).Multiply(pool, weights, x, n, y.Floats);
        return y;
    }

    private static double Nmse(TensorType type, NativeBuffer file, int rows, int columns, NativeBuffer x, int n, NativeBuffer y)
    {
        using NativeBuffer row = new(columns * 4);
        double difference = 0;
        double size = 0;
        for (int r = 0; r < rows; r++)
        {
            Dequantise.Row(type, file.Pointer + (r * type.RowBytes(columns)), columns, row.Floats);
            for (int c = 0; c < n; c++)
            {
                double exact = 0;
                for (int k = 0; k < columns; k++)
                {
                    exact += (double)row.Floats[k] * x.Floats[(c * columns) + k];
                }

                difference += Math.Pow(exact - y.Floats[(c * rows) + r], 2);
                size += exact * exact;
            }
        }

        return difference / size;
    }
}
