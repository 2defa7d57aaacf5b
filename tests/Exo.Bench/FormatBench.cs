using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Exo.Engine.Decoding;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Bench;

/// <summary>
/// Every tensor type and packed scheme, one thread: ns per weight of a product with one row of activations (decode) and with 16 (a prompt; per weight
/// and row), and the same as a multiple of F32's time in this run. The matrices of a format are walked in turn and fit no cache.
/// Arguments: names, or beginnings of names, of formats; `--tier Avx2` for another tier.
/// </summary>
internal static unsafe class FormatBench
{
    private const int Rows = 4096;
    private const int Columns = 2048;
    private const int Batch = 16;
    private const long WalkBytes = 96L << 20;

    private static readonly PackedScheme[] s_byOutput = [PackedScheme.Gptq, PackedScheme.GptqV2, PackedScheme.Awq];

    public static Task Run(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--tier");
        KernelTier tier = at < 0 ? KernelTier.Auto : Enum.Parse<KernelTier>(arguments[at + 1], ignoreCase: true);
        string[] names = at < 0 ? arguments : [.. arguments[..at], .. arguments[(at + 2)..]];
        using Source source = new();
        using NativeBuffer x = new(Batch * Columns * sizeof(float));
        for (int i = 0; i < Batch * Columns; i++)
        {
            x.Floats[i] = MathF.ScaleB((i * 2654435761L % 1000) - 500, -8);
        }

        Console.WriteLine($"{KernelTiers.Resolve(tier)}, one thread, {Rows}x{Columns}");
        Console.WriteLine("| format | bits | n = 1, ns/weight | of F32 | n = 16, ns/weight/row | of F32 |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        (double One, double Many) plain = default;
        foreach ((string name, StoredTensor tensor) in source.All().Where(item => item.Name == "F32" || names.Length == 0 || names.Any(n => item.Name.StartsWith(n, StringComparison.OrdinalIgnoreCase))))
        {
            (double one, double many, long bytes) = Measure(tensor, tier, x);
            plain = name == "F32" ? (one, many) : plain;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {bytes * 8.0 / Rows / Columns:0.0} | {one:0.0000} | {one / plain.One:0.00} | {many:0.0000} | {many / plain.Many:0.00} |"));
        }

        return Task.CompletedTask;
    }

    private static (double One, double Many, long Bytes) Measure(StoredTensor tensor, KernelTier tier, NativeBuffer x)
    {
        WeightMatrix first = WeightMatrix.Load(tensor, tier);
        List<WeightMatrix> matrices = [first];
        while (matrices.Count * first.Bytes < WalkBytes)
        {
            matrices.Add(WeightMatrix.Load(tensor, tier));
        }

        long bytes = first.Bytes;
        using ComputePool pool = new(1);
        using NativeBuffer y = new(Batch * Rows * sizeof(float));
        double one = Fast(pool, tier, matrices, x, 1, y);
        double many = Fast(pool, tier, matrices, x, Batch, y) / Batch;
        foreach (WeightMatrix matrix in matrices)
        {
            matrix.Dispose();
        }

        return (one, many, bytes);
    }

    /// <summary>The time that a tenth of the calls take less than: other work on the machine makes some calls long.</summary>
    private static double Fast(ComputePool pool, KernelTier tier, List<WeightMatrix> matrices, NativeBuffer x, int n, NativeBuffer y)
    {
        KernelSet kernels = KernelSet.For(tier);
        List<double> times = [];
        Stopwatch whole = Stopwatch.StartNew();
        for (int i = 0; i < 6 || (whole.Elapsed.TotalSeconds < 0.4 && i < 3000); i++)
        {
            long start = Stopwatch.GetTimestamp();
            kernels.Multiply(pool, matrices[i % matrices.Count], x.Floats, n, y.Floats);
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Rows / Columns);
        }

        times.RemoveRange(0, 2);
        times.Sort();
        return times[times.Count / 10];
    }

    /// <summary>Matrices of random bytes whose scales are ordinary numbers.</summary>
    private sealed class Source : IDisposable
    {
        private readonly List<NativeBuffer> _buffers = [];

        public IEnumerable<(string Name, StoredTensor Tensor)> All()
        {
            foreach (TensorType type in Enum.GetValues<TensorType>().Where(Dequantise.Supports))
            {
                yield return (type.ToString(), Blocks(type));
            }

            foreach (int group in new[] { 32, 64, 128 })
            {
                yield return ($"MLX 4-bit, groups of {group}, f16", Packed(PackedScheme.MlxAffine, 4, group, TensorType.F16));
            }

            yield return ("MLX 4-bit, groups of 64, bf16", Packed(PackedScheme.MlxAffine, 4, 64, TensorType.BF16));
            foreach (int bits in new[] { 2, 3, 5, 6, 8 })
            {
                yield return ($"MLX {bits}-bit, groups of 64, bf16", Packed(PackedScheme.MlxAffine, bits, 64, TensorType.BF16));
            }

            yield return ("HF MXFP4", Packed(PackedScheme.Mxfp4, 4, 32, TensorType.I8));
            yield return ("HF MXFP8", Packed(PackedScheme.Mxfp8, 8, 32, TensorType.I8));
            yield return ("HF NVFP4", Packed(PackedScheme.Nvfp4, 4, 16, TensorType.I8));
            yield return ("FP8 E4M3, blocks of 128x128", Packed(PackedScheme.Fp8, 8, 128, TensorType.F32));
            yield return ("FP8 E5M2, by row", Packed(PackedScheme.Fp8E5M2, 8, int.MaxValue, TensorType.F32));
            yield return ("GPTQ int4, groups of 128", Packed(PackedScheme.Gptq, 4, 128, TensorType.F16));
            yield return ("AWQ int4, groups of 128", Packed(PackedScheme.Awq, 4, 128, TensorType.F16));
            yield return ("compressed-tensors int4, groups of 128", Packed(PackedScheme.CompressedInt, 4, 128, TensorType.BF16));
        }

        public void Dispose()
        {
            foreach (NativeBuffer buffer in _buffers)
            {
                buffer.Dispose();
            }
        }

        private StoredTensor Blocks(TensorType type)
        {
            NativeBuffer file = KernelBench.File(type, Rows, Columns);
            _buffers.Add(file);
            return new StoredTensor("w", type, [Rows, Columns], (nint)file.Pointer, file.Bytes);
        }

        private StoredTensor Packed(PackedScheme scheme, int bits, int group, TensorType scaleType)
        {
            int groups = group == int.MaxValue ? 1 : Columns / group;
            int blockRows = scheme == PackedScheme.Fp8 ? 128 : 1;
            int scaleBytes = scaleType == TensorType.F32 ? 4 : scaleType == TensorType.I8 ? 1 : 2;
            StoredTensor codes = Bytes(TensorType.I8, [Rows, Columns * bits / 8], Rows * (long)Columns * bits / 8, _ => { });
            StoredTensor scales = Bytes(scaleType, [Rows / blockRows, groups], Rows / blockRows * (long)groups * scaleBytes, Tame(scaleType));
            StoredTensor? offsets = scheme == PackedScheme.MlxAffine
                ? Bytes(scaleType, [Rows, groups], Rows * (long)groups * scaleBytes, Tame(scaleType))
                : s_byOutput.Contains(scheme) ? Bytes(TensorType.I32, [groups, Rows / 8], groups * (long)Rows / 2, _ => { }) : null;
            PackedWeights packed = new(scheme, bits, group, blockRows, codes, scales) { Offsets = offsets };
            return new StoredTensor("w", TensorType.Packed, [Rows, Columns], codes.Address, packed.Parts.Sum(part => part.Bytes)) { Packed = packed };
        }

        private StoredTensor Bytes(TensorType type, ImmutableArray<long> shape, long bytes, Action<NativeBuffer> tame)
        {
            NativeBuffer buffer = new(bytes);
            new Random(2).NextBytes(new Span<byte>(buffer.Pointer, checked((int)bytes)));
            if (type == TensorType.I8)
            {
                new Span<byte>(buffer.Pointer, checked((int)bytes)).Replace((byte)0x7f, (byte)0x3f);
                new Span<byte>(buffer.Pointer, checked((int)bytes)).Replace((byte)0xff, (byte)0x3f);
            }

            tame(buffer);
            _buffers.Add(buffer);
            return new StoredTensor("part", type, shape, (nint)buffer.Pointer, bytes);
        }

        private static Action<NativeBuffer> Tame(TensorType type) => buffer =>
        {
            switch (type)
            {
                case TensorType.F32:
                    new Span<float>(buffer.Pointer, (int)(buffer.Bytes / 4)).Fill(0.01f);
                    break;
                case TensorType.I8:
                    new Span<byte>(buffer.Pointer, (int)buffer.Bytes).Fill(0x38);
                    break;
                default:
                    new Span<ushort>(buffer.Pointer, (int)(buffer.Bytes / 2)).Fill(type == TensorType.F16 ? (ushort)0x2000 : (ushort)0x3c00);
                    break;
            }
        };
    }
}
