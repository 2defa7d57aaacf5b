using System.Diagnostics;
using System.Globalization;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Bench;

/// <summary>
/// Matrix products of every format on every tier of this machine, one thread and all: n = 1 in GB/s of weights that come from memory,
/// n = 4 and n = 512 (scalar: 16) in 10^9 multiplies and adds per second. Activation quantisation is included. Median of at least five calls.
/// </summary>
internal static unsafe class KernelBench
{
    private const int Rows = 8192;
    private const int Columns = 2048;
    private const long WalkBytes = 256L << 20;
    private static readonly TensorType[] s_types = [TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_K, TensorType.Q6_K];

    public static Task Run(string[] arguments)
    {
        TextWriter output = Console.Out;
        IEnumerable<TensorType> types = arguments.Length == 0 ? s_types : arguments.Select(Enum.Parse<TensorType>);
        KernelTier[] tiers = [KernelTier.Scalar, .. KernelTiers.HasAvx2 ? new[] { KernelTier.Avx2 } : [], .. KernelTiers.HasVnni ? new[] { KernelTier.AvxVnni } : [], .. KernelTiers.HasAvx512 ? new[] { KernelTier.Avx512 } : []];
        int most = Environment.ProcessorCount;
        output.WriteLine($"matrix {Rows}x{Columns}, {most} processors; each cell: one thread / {most} threads");
        output.WriteLine("format  tier     n=1 GB/s        n=4 GOP/s       n=512 GOP/s");
        foreach (TensorType type in types)
        {
            using NativeBuffer file = File(type, Rows, Columns);
            foreach (KernelTier tier in tiers)
            {
                output.WriteLine(Line(type, tier, file, most));
            }
        }

        output.WriteLine(Attention(1));
        output.WriteLine(Attention(most));
        return Task.CompletedTask;
    }

    private static string Line(TensorType type, KernelTier tier, NativeBuffer file, int most)
    {
        bool scalar = tier == KernelTier.Scalar;
        long bytes = Rows * type.RowBytes(Columns);
        int copies = scalar ? 1 : (int)(WalkBytes / bytes) + 1;
        WeightMatrix[] matrices = [.. Enumerable.Range(0, copies).Select(_ => WeightMatrix.Load(type, file.Pointer, Rows, Columns, tier))];
        using NativeBuffer x = new(512L * Columns * 4);
        using NativeBuffer y = new(512L * Rows * 4);
        for (long i = 0; i < 512L * Columns; i++)
        {
            x.Floats[i] = MathF.ScaleB((i * 2654435761 % 1000) - 500, -8);
        }

        string line = string.Create(CultureInfo.InvariantCulture, $"{type,-7} {tier,-7}");
        foreach (int n in new[] { 1, 4, scalar ? 16 : 512 })
        {
            foreach (int threads in new[] { 1, most })
            {
                using ComputePool pool = new(threads);
                double seconds = Median(pool, KernelSet.For(tier), matrices, x, y, n);
                double figure = n == 1 ? matrices[0].Bytes / seconds / 1e9 : 2.0 * Rows * Columns * n / seconds / 1e9;
                line += string.Create(CultureInfo.InvariantCulture, $"{(threads == 1 ? " " : "/")}{figure,7:0.0}");
            }
        }

        foreach (WeightMatrix matrix in matrices)
        {
            matrix.Dispose();
        }

        return line;
    }

    private static double Median(ComputePool pool, KernelSet kernels, WeightMatrix[] matrices, NativeBuffer x, NativeBuffer y, int n)
    {
        List<double> times = [];
        Stopwatch whole = Stopwatch.StartNew();
        for (int i = 0; i < 6 || (whole.Elapsed.TotalSeconds < 0.4 && i < 2000); i++)
        {
            long start = Stopwatch.GetTimestamp();
            kernels.Multiply(pool, matrices[i % matrices.Length], x.Floats, n, y.Floats);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        times.RemoveAt(0);
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>Decode of one token over 8192 positions, 32 query heads of 64, 8 key-value heads, f16 cache.</summary>
    private static string Attention(int threads)
    {
        const int Positions = 8192;
        KvLayout layout = new(8, 64, 64, KvCacheType.F16);
        KernelSet kernels = KernelSet.For(KernelTier.Auto);
        using ComputePool pool = new(threads);
        using NativeBuffer cache = new(Positions / 512 * layout.PageBytes);
        using NativeBuffer pages = new(Positions / 512 * sizeof(byte*));
        for (int p = 0; p < Positions / 512; p++)
        {
            ((byte**)pages.Pointer)[p] = cache.Pointer + (p * layout.PageBytes);
        }

        using NativeBuffer q = new(32 * 64 * 4);
        using NativeBuffer y = new(32 * 64 * 4);
        for (int t = 0; t < Positions; t++)
        {
            for (int i = 0; i < 2048; i++)
            {
                q.Floats[i] = MathF.ScaleB((((i + t) * 7919) % 1000) - 500, -9);
            }

            kernels.AppendKv(layout, (byte**)pages.Pointer, t, 1, q.Floats, 512, q.Floats + 512, 512);
        }

        AttentionShape shape = new() { Layout = layout, Heads = 32, Scale = 0.125f };
        AttentionRows row = new() { Queries = q.Floats, Output = y.Floats, Pages = (byte**)pages.Pointer, Position = Positions - 1, Count = 1 };
        List<double> times = [];
        for (int i = 0; i < 100; i++)
        {
            long start = Stopwatch.GetTimestamp();
            kernels.Attend(pool, shape, [row]);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"attention, 1 token over {Positions}, 32/8 heads of 64, {threads} threads: {times[50]:0.00} ms");
    }

    /// <summary>A matrix of random codes whose scales are ordinary numbers.</summary>
    internal static NativeBuffer File(TensorType type, int rows, int columns)
    {
        NativeBuffer buffer = new(rows * type.RowBytes(columns));
        Random random = new(1);
        random.NextBytes(new Span<byte>(buffer.Pointer, (int)buffer.Bytes));
        type.TryBlock(out _, out int block);
        for (long at = 0; at < buffer.Bytes; at += block)
        {
            byte* b = buffer.Pointer + at;
            switch (type)
            {
                case TensorType.F32:
                    *(float*)b = (float)(random.NextDouble() - 0.5);
                    break;
                case TensorType.F16 or TensorType.BF16:
                    *(ushort*)b = (ushort)(random.Next(2) * 0x8000 + 0x3000 + random.Next(0x400));
                    break;
                case TensorType.MXFP4:
                    *b = 120;
                    break;
                case TensorType.NVFP4:
                    *(uint*)b = 0x38383838;
                    break;
                case TensorType.IQ1_M:
                    *(ulong*)(b + 48) = (*(ulong*)(b + 48) & 0x0fff0fff0fff0fff) | 0x1000_c000_0000_0000;
                    break;
                default:
                    foreach (int place in ScalePlaces(type))
                    {
                        *(ushort*)(b + place) = 0x1c00;
                    }

                    break;
            }
        }

        return buffer;
    }

    private static int[] ScalePlaces(TensorType type) => type switch
    {
        TensorType.Q2_K => [80, 82],
        TensorType.Q3_K => [108],
        TensorType.Q6_K => [208],
        TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => [0, 2],
        TensorType.TQ1_0 => [52],
        TensorType.TQ2_0 => [64],
        _ => [0],
    };
}
