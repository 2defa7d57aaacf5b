using Exo.Engine.Kernels;
using Exo.Engine.Memory;

namespace Exo.Engine.Models;

/// <summary>
/// The tokens of one step on their way through the layers: hidden states, rooms for intermediate results, and the operations on them.
/// Rooms grow with the largest step and are kept; a step allocates nothing in steady state. All arrays are [tokens, …].
/// </summary>
internal sealed unsafe class LayerStep : IDisposable
{
    private readonly ModelSpec _spec;
    private readonly NativeBuffer?[] _rooms = new NativeBuffer?[(int)StepRoom.Count];
    private readonly NativeBuffer[] _frequencies;
    private readonly NativeBuffer?[] _cos;
    private readonly NativeBuffer?[] _sin;
    private AttentionRows[] _attention = new AttentionRows[8];
    private StepRow[] _rows = new StepRow[8];
    private int _rowCount;

    public LayerStep(ModelSpec spec, KernelSet kernels, ComputePool pool)
    {
        _spec = spec;
        Kernels = kernels;
        Pool = pool;
        int jobs = spec.Recurrent is null ? 0 : pool.Threads + 1;
        ConvolutionJobs = Enumerable.Range(0, jobs).Select(_ => new ConvolutionJob()).ToArray();
        DeltaJobs = Enumerable.Range(0, jobs).Select(_ => new DeltaJob()).ToArray();
        ScanJobs = Enumerable.Range(0, jobs).Select(_ => new ScanJob()).ToArray();
        _frequencies = new NativeBuffer[spec.Ropes.Length];
        _cos = new NativeBuffer?[spec.Ropes.Length];
        _sin = new NativeBuffer?[spec.Ropes.Length];
        for (int i = 0; i < _frequencies.Length; i++)
        {
            RopeSpec rope = spec.Ropes[i];
            double[] frequencies = [.. rope.Frequencies, .. rope.LongFrequencies];
            _frequencies[i] = new NativeBuffer(frequencies.Length * sizeof(double));
            frequencies.CopyTo(new Span<double>(_frequencies[i].Pointer, frequencies.Length));
        }
    }

    /// <summary>Jobs of the recurrent layers; made where a model has such layers.</summary>
    public ConvolutionJob[] ConvolutionJobs { get; }

    public DeltaJob[] DeltaJobs { get; }

    public ScanJob[] ScanJobs { get; }

    public KernelSet Kernels { get; }

    public ComputePool Pool { get; }

    /// <summary>Gets what routers choose; null: nobody asks.</summary>
    public ExpertTrace? Trace { get; set; }

    /// <summary>Tokens of the step.</summary>
    public int Tokens { get; private set; }

    /// <summary>The sessions of the step.</summary>
    public ReadOnlySpan<StepRow> Rows => _rows.AsSpan(0, _rowCount);

    /// <summary>[tokens, embeddingSize]</summary>
    public float* Hidden => Room(StepRoom.Hidden, _spec.EmbeddingSize);

    public void Begin()
    {
        Tokens = 0;
        _rowCount = 0;
    }

    public void Add(in StepRow row)
    {
        if (_rowCount == _rows.Length)
        {
            Array.Resize(ref _rows, _rowCount * 2);
            Array.Resize(ref _attention, _rowCount * 2);
        }

        _rows[_rowCount++] = row;
        Tokens += row.Count;
    }

    /// <summary>Makes the rotations of the step's positions. Called once, after the rows were added.</summary>
    public void PrepareRopes()
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            RopeSpec rope = _spec.Ropes[i];
            int pairs = rope.Frequencies.Length;
            long bytes = (long)Tokens * pairs * sizeof(float);
            float* cos = Grow(ref _cos[i], bytes);
            float* sin = Grow(ref _sin[i], bytes);
            for (int r = 0; r < _rowCount; r++)
            {
                bool beyond = rope.IsLong(_rows[r].Cache.MaxTokens);
                double* frequencies = (double*)_frequencies[i].Pointer + (beyond ? pairs : 0);
                for (int t = 0; t < _rows[r].Count; t++)
                {
                    long at = (long)(_rows[r].FirstToken + t) * pairs;
                    Kernels.RopeTable(frequencies, pairs, _rows[r].Position + t, rope.Magnitude, cos + at, sin + at);
                }
            }
        }
    }

    /// <summary>Room for some floats a token. What it held before is lost when it grows.</summary>
    public float* Room(StepRoom room, int floatsPerToken) => Grow(ref _rooms[(int)room], (long)Tokens * floatsPerToken * sizeof(float));

    /// <summary>y = x / rms(x) · weight for each token. [tokens, size]</summary>
    public void RmsNorm(float* x, float* weight, float* y, int size)
    {
        for (int t = 0; t < Tokens; t++)
        {
            Kernels.RmsNorm(x + ((long)t * size), weight, y + ((long)t * size), size, _spec.NormEpsilon);
        }
    }

    /// <summary>The same of vectors that lie apart: a token's begins every <paramref name="stride"/> floats. x, y at their own strides.</summary>
    public void RmsNorm(float* x, long stride, float* weight, float* y, long outputStride, int size)
    {
        for (int t = 0; t < Tokens; t++)
        {
            Kernels.RmsNorm(x + (t * stride), weight, y + (t * outputStride), size, _spec.NormEpsilon);
        }
    }

    /// <summary>The same for each head of each token, with one weight for all heads. x is [tokens, heads, headSize]</summary>
    public void RmsNormHeads(float* x, float* weight, int heads)
    {
        for (long h = 0; h < (long)Tokens * heads; h++)
        {
            float* head = x + (h * _spec.HeadSize);
            Kernels.RmsNorm(head, weight, head, _spec.HeadSize, _spec.NormEpsilon);
        }
    }

    /// <summary>Each head by mean and variance, with a weight of its own. x is [tokens, heads, headSize], weight is [heads, headSize]</summary>
    public void LayerNormHeads(float* x, float* weight, int heads)
    {
        for (long h = 0; h < (long)Tokens * heads; h++)
        {
            float* head = x + (h * _spec.HeadSize);
            Kernels.LayerNorm(head, weight + (h % heads * _spec.HeadSize), null, head, _spec.HeadSize, _spec.NormEpsilon);
        }
    }

    /// <summary>Queries times the model's attention temperature at their positions; nothing where it has none. [tokens, width]</summary>
    public void ScaleByPosition(float* q, int width)
    {
        if (_spec.Temperature is not { } temperature)
        {
            return;
        }

        for (int r = 0; r < _rowCount; r++)
        {
            for (int t = 0; t < _rows[r].Count; t++)
            {
                float* token = q + ((long)(_rows[r].FirstToken + t) * width);
                double periods = Math.Floor((double)(_rows[r].Position + t + temperature.Offset) / temperature.Period);
                Kernels.Scale(token, (float)(1 + (temperature.Scale * CanonicalMath.Log(1 + periods))), token, width);
            }
        }
    }

    /// <summary>Copies some floats of each token from one place to another; a token begins every stride floats.</summary>
    public void Place(float* from, long fromStride, float* to, long toStride, int size)
    {
        for (int t = 0; t < Tokens; t++)
        {
            new Span<float>(from + (t * fromStride), size).CopyTo(new Span<float>(to + (t * toStride), size));
        }
    }

    /// <summary>Takes the parts of each token apart. x is [tokens, sum of sizes]; a part is [tokens, its size]</summary>
    public void Split(float* x, ReadOnlySpan<int> sizes, float* first, float* second, float* third)
    {
        int width = sizes[0] + sizes[1] + sizes[2];
        for (int t = 0; t < Tokens; t++, x += width)
        {
            new Span<float>(x, sizes[0]).CopyTo(new Span<float>(first + ((long)t * sizes[0]), sizes[0]));
            new Span<float>(x + sizes[0], sizes[1]).CopyTo(new Span<float>(second + ((long)t * sizes[1]), sizes[1]));
            new Span<float>(x + sizes[0] + sizes[1], sizes[2]).CopyTo(new Span<float>(third + ((long)t * sizes[2]), sizes[2]));
        }
    }

    /// <summary>Takes heads of twice the size apart. x is [tokens, heads, 2, headSize]; a part is [tokens, heads, headSize]</summary>
    public void SplitHeads(float* x, int heads, float* first, float* second)
    {
        int size = _spec.HeadSize;
        for (long h = 0; h < (long)Tokens * heads; h++)
        {
            new Span<float>(x + (2 * h * size), size).CopyTo(new Span<float>(first + (h * size), size));
            new Span<float>(x + (((2 * h) + 1) * size), size).CopyTo(new Span<float>(second + (h * size), size));
        }
    }

    /// <summary>y = w x. x is [tokens, columns], y is [tokens, rows].</summary>
    public void Multiply(WeightMatrix weights, float* x, float* y) => Kernels.Multiply(Pool, weights, x, Tokens, y);

    /// <summary>Products of several matrices with the same x.</summary>
    public void Multiply(float* x, ReadOnlySpan<Product> products) => Kernels.Multiply(Pool, x, Tokens, products);

    /// <summary>Products of some tokens' rows, gathered one after the other; a fault is the token's.</summary>
    /// <param name="tokens">Which tokens the rows belong to.</param>
    /// <param name="x">[tokens.Length, columns]</param>
    /// <param name="products">Matrices that share x.</param>
    public void MultiplyGathered(ReadOnlySpan<int> tokens, float* x, ReadOnlySpan<Product> products)
    {
        Pool.Faults.Rename(tokens, Tokens);
        Kernels.Multiply(Pool, x, tokens.Length, products);
        Pool.Faults.Rename([], Tokens);
    }

    /// <summary>y += bias for each token; nothing for a null bias. [tokens, size]</summary>
    public void AddBias(float* y, float* bias, int size)
    {
        for (int t = 0; bias != null && t < Tokens; t++)
        {
            Kernels.Add(y + ((long)t * size), bias, y + ((long)t * size), size);
        }
    }

    /// <summary>Hidden += x · factor. [tokens, embeddingSize]</summary>
    public void AddToHidden(float* x, float factor)
    {
        for (int t = 0; t < Tokens; t++)
        {
            long at = (long)t * _spec.EmbeddingSize;
            Kernels.AddScaled(x + at, factor, Hidden + at, _spec.EmbeddingSize);
        }
    }

    /// <summary>Turns every head of every token by its position. x is [tokens, heads, headSize]</summary>
    public void Rope(int rope, float* x, int heads) => Rope(rope, x, heads, _spec.HeadSize, (long)heads * _spec.HeadSize);

    /// <summary>The same for heads of another size, a token every <paramref name="stride"/> floats.</summary>
    public void Rope(int rope, float* x, int heads, int headSize, long stride)
    {
        RopeSpec spec = _spec.Ropes[rope];
        int pairs = spec.Frequencies.Length;
        for (int t = 0; t < Tokens; t++)
        {
            float* cos = _cos[rope]!.Floats + ((long)t * pairs);
            float* sin = _sin[rope]!.Floats + ((long)t * pairs);
            Kernels.Rope(x + (t * stride), cos, sin, heads, headSize, spec.Rotated, spec.AdjacentPairs);
        }
    }

    /// <summary>Stores keys and values in the rows' caches, then output = softmax(q k · scale) v over what each token sees.</summary>
    /// <param name="cacheLayer">Layer within the caches.</param>
    /// <param name="q">[tokens, heads, headSize]</param>
    /// <param name="k">[tokens, kvHeads, headSize]</param>
    /// <param name="v">[tokens, kvHeads, headSize]</param>
    /// <param name="output">[tokens, heads, headSize]</param>
    /// <param name="window">Positions that a token sees, its own included; 0 = all. Of a model with chunks, their size.</param>
    /// <param name="sinks">A score without value for each head; null = none. [heads]</param>
    public void Attend(int cacheLayer, float* q, float* k, float* v, float* output, int window, float* sinks = null)
    {
        int width = _spec.HeadCount * _spec.CacheKeySize;
        int outputWidth = _spec.HeadCount * _spec.CacheValueSize;
        int keyWidth = _spec.CacheHeads * _spec.CacheKeySize;
        int valueWidth = _spec.CacheHeads * _spec.CacheValueSize;
        for (int r = 0; r < _rowCount; r++)
        {
            ref readonly StepRow row = ref _rows[r];
            long at = row.FirstToken;
            byte** pages = row.Cache.Pages(cacheLayer);
            if (row.Cache.Window(cacheLayer) != window)
            {
                throw new InvalidOperationException($"Layer {cacheLayer} of the slice looks back {window} positions; its cache was made for {row.Cache.Window(cacheLayer)} (ModelSpec.WindowOf).");
            }

            Kernels.AppendKv(row.Cache.Layout(cacheLayer), pages, row.Position, row.Count, k + (at * keyWidth), keyWidth, v + (at * valueWidth), valueWidth);
            _attention[r] = new AttentionRows
            {
                Queries = q + (at * width),
                Output = output + (at * outputWidth),
                Pages = pages,
                Count = row.Count,
                Position = row.Position,
            };
        }

        AttentionShape shape = new()
        {
            Layout = _rows[0].Cache.Layout(cacheLayer),
            Heads = _spec.HeadCount,
            Scale = _spec.AttentionScale,
            Window = window,
            Chunked = _spec.ChunkedWindow,
            SeesAhead = _spec.Pooling != Pooling.None,
            Softcap = _spec.AttentionSoftcap,
            Sinks = sinks,
        };
        Kernels.Attend(Pool, shape, _attention.AsSpan(0, _rowCount));
    }

    public void Dispose()
    {
        foreach (NativeBuffer? buffer in _rooms.Concat(_frequencies).Concat(_cos).Concat(_sin))
        {
            buffer?.Dispose();
        }
    }

    private static float* Grow(ref NativeBuffer? buffer, long bytes)
    {
        if (buffer is null || buffer.Bytes < bytes)
        {
            buffer?.Dispose();
            buffer = new NativeBuffer(bytes);
        }

        return buffer.Floats;
    }
}
