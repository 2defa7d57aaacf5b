using Exo.Engine.Kernels;
using Exo.Engine.Memory;
using Exo.Testing;

namespace Exo.Engine.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    public static TheoryData<KernelTier, KvCacheType, int, int, int, int> Shapes()
    {
        TheoryData<KernelTier, KvCacheType, int, int, int, int> data = [];
        foreach (KernelTier tier in KernelCase.Tiers)
        {
            foreach (KvCacheType type in Enum.GetValues<KvCacheType>())
            {
                data.Add(tier, type, 8, 4, 8, 0);
                data.Add(tier, type, 4, 1, 64, 0);
                data.Add(tier, type, 6, 2, 80, 100);
                data.Add(tier, type, 2, 2, 96, 0);
                data.Add(tier, type, 7, 1, 128, 600);
                data.Add(tier, type, 5, 1, 6, 7);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_is_near_softmax_in_double_and_has_the_bits_of_the_plain_loops(KernelTier tier, KvCacheType type, int heads, int kvHeads, int size, int window)
    {
        using Case c = new(tier, type, heads, kvHeads, size, window, tokens: 1100);
        using NativeBuffer fast = c.Attend(tier, position: 1030, count: 70, chunk: 70, threads: 2);
        using NativeBuffer plain = c.Attend(KernelTier.Scalar, position: 1030, count: 70, chunk: 70, threads: 1);

        KernelCase.SameBits(plain.Floats, fast.Floats, 70 * heads * size, $"{tier}");
        Assert.InRange(c.LargestError(fast, 1030, 70), 0, Bound(type));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_query_has_the_same_bits_alone_and_in_any_chunk(KernelTier tier, KvCacheType type, int heads, int kvHeads, int size, int window)
    {
        using Case c = new(tier, type, heads, kvHeads, size, window, tokens: 560);
        using NativeBuffer whole = c.Attend(tier, position: 480, count: 80, chunk: 80, threads: 1);

        foreach ((int chunk, int threads) in new[] { (1, 1), (7, 2), (32, 4) })
        {
            using NativeBuffer cut = c.Attend(tier, position: 480, count: 80, chunk, threads);
            KernelCase.SameBits(whole.Floats, cut.Floats, 80 * heads * size, $"chunk {chunk}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Softcap_and_sinks_follow_their_formulas(KernelTier tier, KvCacheType type, int heads, int kvHeads, int size, int window)
    {
        using Case c = new(tier, type, heads, kvHeads, size, window, tokens: 530, softcap: 1.5f, sinks: true);
        using NativeBuffer fast = c.Attend(tier, position: 500, count: 30, chunk: 30, threads: 1);
        using NativeBuffer plain = c.Attend(KernelTier.Scalar, position: 500, count: 30, chunk: 9, threads: 1);

        KernelCase.SameBits(plain.Floats, fast.Floats, 30 * heads * size, $"{tier}");
        Assert.InRange(c.LargestError(fast, 500, 30), 0, Bound(type));
    }

    [Fact]
    public void Attention_of_many_sessions_allocates_nothing_once_warm()
    {
        using Case c = new(KernelTier.Auto, KvCacheType.F16, 8, 2, 64, 0, tokens: 600);
        using NativeBuffer output = new(8 * 8 * 64 * 4);
        using ComputePool pool = new(2);
        AttentionRows[] rows = [.. Enumerable.Range(0, 8).Select(i => c.Row(590 + i, 1, output.Floats + (i * 8 * 64)))];
        KernelSet kernels = KernelSet.For(KernelTier.Auto);
        kernels.Attend(pool, c.Shape, rows);
        kernels.Attend(pool, c.Shape, rows);
        kernels.Attend(pool, c.Shape, rows);

        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                kernels.Attend(pool, c.Shape, rows);
            }
        });

        Assert.Equal(0, allocated);
        using NativeBuffer single = c.Attend(KernelTier.Auto, 590, 8, 1, 1);
        KernelCase.SameBits(single.Floats, output.Floats, 8 * 8 * 64, "sessions");
    }

    private static double Bound(KvCacheType type) => type switch { KvCacheType.F32 => 2e-6, KvCacheType.F16 => 2e-3, _ => 2e-2 };

    /// <summary>One layer's cache with seeded keys and values, filled by the tier under test.</summary>
    private sealed class Case : IDisposable
    {
        private readonly NativeBuffer _keys;
        private readonly NativeBuffer _values;
        private readonly NativeBuffer _queries;
        private readonly NativeBuffer _sinks;
        private readonly NativeBuffer _cache;
        private readonly NativeBuffer _pages;
        private readonly int _heads;
        private readonly int _kvHeads;
        private readonly int _size;

        public Case(KernelTier tier, KvCacheType type, int heads, int kvHeads, int size, int window, int tokens, float softcap = 0, bool sinks = false)
        {
            (_heads, _kvHeads, _size) = (heads, kvHeads, size);
            _keys = KernelCase.Gaussian(1, tokens * kvHeads * size);
            _values = KernelCase.Gaussian(2, tokens * kvHeads * size);
            _queries = KernelCase.Gaussian(3, tokens * heads * size);
            _sinks = KernelCase.Gaussian(4, heads);
            KvLayout layout = new(kvHeads, size, size, type);
            int pages = (tokens + KvLayout.PagePositions - 1) / KvLayout.PagePositions;
            _cache = new NativeBuffer(pages * layout.PageBytes);
            new Span<byte>(_cache.Pointer, (int)_cache.Bytes).Fill(0xff); // what is not written yet may be anything
            _pages = new NativeBuffer(pages * sizeof(byte*));
            for (int p = 0; p < pages; p++)
            {
                ((byte**)_pages.Pointer)[p] = _cache.Pointer + (p * layout.PageBytes);
            }

            KernelSet.For(tier).AppendKv(layout, (byte**)_pages.Pointer, 0, 5, _keys.Floats, kvHeads * size, _values.Floats, kvHeads * size);
            KernelSet.For(tier).AppendKv(layout, (byte**)_pages.Pointer, 5, tokens - 5, _keys.Floats + (5 * kvHeads * size), kvHeads * size, _values.Floats + (5 * kvHeads * size), kvHeads * size);
            Shape = new AttentionShape { Layout = layout, Heads = heads, Scale = 1 / MathF.Sqrt(size), Window = window, Softcap = softcap, Sinks = sinks ? _sinks.Floats : null };
        }

        public AttentionShape Shape { get; }

        public AttentionRows Row(int position, int count, float* output) =>
            new() { Queries = _queries.Floats + (position * _heads * _size), Output = output, Pages = (byte**)_pages.Pointer, Position = position, Count = count };

        public NativeBuffer Attend(KernelTier tier, int position, int count, int chunk, int threads)
        {
            NativeBuffer output = new(count * _heads * _size * 4);
            using ComputePool pool = new(threads);
            for (int first = 0; first < count; first += chunk)
            {
                KernelSet.For(tier).Attend(pool, Shape, [Row(position + first, Math.Min(chunk, count - first), output.Floats + (first * _heads * _size))]);
            }

            return output;
        }

        public double LargestError(NativeBuffer output, int position, int count)
        {
            double largest = 0;
            for (int t = 0; t < count; t++)
            {
                for (int h = 0; h < _heads; h++)
                {
                    double[] exact = Exact(position + t, h);
                    for (int d = 0; d < _size; d++)
                    {
                        largest = Math.Max(largest, Math.Abs(exact[d] - output.Floats[(((t * _heads) + h) * _size) + d]));
                    }
                }
            }

            return largest;
        }

        private double[] Exact(int position, int head)
        {
            int kv = head / (_heads / _kvHeads);
            int low = Shape.Window == 0 ? 0 : Math.Max(0, position + 1 - Shape.Window);
            double total = Shape.Sinks == null ? 0 : Math.Exp(Shape.Sinks[head]);
            double[] sums = new double[_size];
            for (int j = low; j <= position; j++)
            {
                double score = 0;
                for (int d = 0; d < _size; d++)
                {
                    score += (double)_queries.Floats[(((position * _heads) + head) * _size) + d] * _keys.Floats[(((j * _kvHeads) + kv) * _size) + d];
                }

                score *= Shape.Scale;
                score = Shape.Softcap == 0 ? score : Shape.Softcap * Math.Tanh(score / Shape.Softcap);
                double weight = Math.Exp(score);
                total += weight;
                for (int d = 0; d < _size; d++)
                {
                    sums[d] += weight * _values.Floats[(((j * _kvHeads) + kv) * _size) + d];
                }
            }

            return [.. sums.Select(s => s / total)];
        }

        public void Dispose()
        {
            foreach (NativeBuffer buffer in new[] { _keys, _values, _queries, _sinks, _cache, _pages })
            {
                buffer.Dispose();
            }
        }
    }
}
