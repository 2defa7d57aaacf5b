using System.Collections.Immutable;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Tests.Kernels;

/// <summary>Products of the quantised matrices of folders: every tier has the bits of the plain loops, which decode row by row.</summary>
public sealed unsafe class PackedProductTests
{
    public static TheoryData<string> Cases => new(
        "MlxAffine 2 64", "MlxAffine 3 32", "MlxAffine 4 32", "MlxAffine 4 64", "MlxAffine 4 128", "MlxAffine 5 64", "MlxAffine 6 64", "MlxAffine 8 64",
        "Mxfp4 4 32", "Mxfp8 8 32", "Nvfp4 4 16", "Fp8 8 128", "Fp8E5M2 8 99999", "Gptq 4 128", "GptqV2 8 32", "Gptq 4 48", "Awq 4 64", "CompressedInt 4 32");

    [Theory]
    [MemberData(nameof(Cases))]
    internal void Every_tier_and_the_judge_give_the_bits_of_the_plain_loops(string name)
    {
        using ComputePool pool = new(2);
        foreach (int columns in new[] { 64, 384, 544, 1056 })
        {
            foreach (int rows in new[] { 8, 40, 168 })
            {
                using Case matrix = new(name, rows, columns);
                using NativeBuffer x = KernelCase.Gaussian(columns + rows, 19 * columns);
                foreach (int n in new[] { 1, 2, 5, 16, 17, 19 })
                {
                    using NativeBuffer expected = Multiply(pool, matrix.Tensor, KernelTier.Scalar, x, n);
                    foreach (KernelTier tier in KernelCase.Tiers.Append(KernelTier.Judge))
                    {
                        using NativeBuffer actual = Multiply(pool, matrix.Tensor, tier, x, n);
                        KernelCase.SameBits(expected.Floats, actual.Floats, (long)n * rows, $"{name} {tier} {rows}x{columns} n={n}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    internal void A_row_has_the_same_bits_alone_and_in_any_company_and_with_any_threads(string name)
    {
        const int Rows = 1200;
        const int Columns = 512;
        const int Count = 21;
        using Case matrix = new(name, Rows, Columns);
        using WeightMatrix weights = WeightMatrix.Load(matrix.Tensor, KernelTier.Auto);
        using NativeBuffer x = KernelCase.Gaussian(5, Count * Columns);
        using NativeBuffer alone = new(Count * Rows * 4L);
        KernelSet kernels = KernelSet.For(KernelTier.Auto);
        foreach (int threads in new[] { 1, 3 })
        {
            using ComputePool pool = new(threads);
            for (int c = 0; c < Count; c++)
            {
                kernels.Multiply(pool, weights, x.Floats + (c * Columns), 1, alone.Floats + (c * Rows));
            }

            using NativeBuffer together = new(Count * Rows * 4L);
            kernels.Multiply(pool, weights, x.Floats, Count, together.Floats);
            KernelCase.SameBits(alone.Floats, together.Floats, Count * Rows, $"{name} threads={threads}");
        }
    }

    private static NativeBuffer Multiply(ComputePool pool, StoredTensor tensor, KernelTier tier, NativeBuffer x, int n)
    {
        using WeightMatrix weights = WeightMatrix.Load(tensor, tier);
        NativeBuffer y = new((long)n * weights.Rows * 4);
        KernelSet.For(tier).Multiply(pool, weights, x.Floats, n, y.Floats);
        Assert.Equal(WeightMatrix.BytesOf(tensor), weights.Bytes);
        return y;
    }

    /// <summary>A matrix of random codes and tame scales.</summary>
    private sealed class Case : IDisposable
    {
        private readonly List<NativeBuffer> _buffers = [];
        private readonly Random _random = new(7);

        public Case(string name, int rows, int columns)
        {
            string[] parts = name.Split(' ');
            PackedScheme scheme = Enum.Parse<PackedScheme>(parts[0]);
            int bits = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            int group = int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture);
            int groups = (columns + group - 1) / group;
            int groupRows = scheme == PackedScheme.Fp8 ? 128 : 1;
            TensorType scaleType = scheme is PackedScheme.Mxfp4 or PackedScheme.Mxfp8 or PackedScheme.Nvfp4 ? TensorType.I8
                : scheme == PackedScheme.MlxAffine ? (group == 64 ? TensorType.BF16 : group == 32 ? TensorType.F16 : TensorType.F32)
                : scheme is PackedScheme.Gptq or PackedScheme.Awq ? TensorType.F16 : TensorType.F32;
            StoredTensor codes = Bytes(TensorType.I8, [rows, columns * bits / 8], 1, null);
            StoredTensor scales = Bytes(scaleType, [(rows + groupRows - 1) / groupRows, groups], 0, scheme);
            StoredTensor? offsets = scheme switch
            {
                PackedScheme.MlxAffine => Bytes(scaleType, [rows, groups], 0, scheme),
                PackedScheme.Gptq or PackedScheme.GptqV2 or PackedScheme.Awq => Bytes(TensorType.I8, [groups, rows * bits / 8], 1, null),
                _ => null,
            };
            PackedWeights packed = new(scheme, bits, group, groupRows, codes, scales) { Offsets = offsets };
            Tensor = new StoredTensor("w", TensorType.Packed, [rows, columns], codes.Address, packed.Parts.Sum(part => part.Bytes)) { Packed = packed };
        }

        public StoredTensor Tensor { get; }

        public void Dispose()
        {
            foreach (NativeBuffer buffer in _buffers)
            {
                buffer.Dispose();
            }
        }

        private StoredTensor Bytes(TensorType type, ImmutableArray<long> shape, int size, PackedScheme? scalesOf)
        {
            long count = shape[0] * shape[1];
            size = size == 1 ? 1 : type == TensorType.F32 ? 4 : type == TensorType.I8 ? 1 : 2;
            NativeBuffer buffer = new(count * size);
            _buffers.Add(buffer);
            for (long i = 0; i < count; i++)
            {
                double value = (_random.NextDouble() - 0.5) * 0.1;
                switch (type)
                {
                    case TensorType.F32:
                        buffer.Floats[i] = (float)value;
                        break;
                    case TensorType.F16:
                        ((ushort*)buffer.Pointer)[i] = HalfBits.FromSingle((float)value);
                        break;
                    case TensorType.BF16:
                        ((ushort*)buffer.Pointer)[i] = HalfBits.BrainFromSingle((float)value);
                        break;
                    default:
                        int code = _random.Next(256);
                        buffer.Pointer[i] = (byte)(scalesOf is null ? (code & 0x7c) == 0x7c ? code & 0xf3 : code : scalesOf == PackedScheme.Nvfp4 ? code & 0x3f : code % 9 == 0 ? 0 : 110 + (code % 20));
                        break;
                }
            }

            return new StoredTensor("part", type, shape, (nint)buffer.Pointer, buffer.Bytes);
        }
    }
}
