namespace Exo.Engine.Kernels;

/// <summary>
/// The operations of a model's layers on one tier. Stateless; scratch belongs to the pool. Pointers need no alignment, lengths no multiple,
/// outputs may be the inputs where shapes agree (not in products and attention). Orders of summation: docs/kernels.md.
/// </summary>
internal abstract unsafe class KernelSet
{
    /// <summary>Columns of activations that one job of a product takes at most.</summary>
    private const int MostColumns = 512;

    /// <summary>The kernels of a tier.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine lacks the tier's instructions.</exception>
    public static KernelSet For(KernelTier tier) => KernelTiers.Resolve(tier) switch
    {
        KernelTier.Ggml => GgmlKernels.Instance,
        KernelTier.Scalar => ScalarKernels.Instance,
        _ => Avx2Kernels.Instance,
    };

    /// <summary>y = w x for each of n rows of activations. x is [n, columns], y is [n, rows].</summary>
    public void Multiply(ComputePool pool, WeightMatrix weights, float* x, int n, float* y) =>
        Multiply(pool, x, n, [new Product(weights, y)]);

    /// <summary>Several matrices with the same input, which is quantised once; all run as one job.</summary>
    public void Multiply(ComputePool pool, float* x, int n, ReadOnlySpan<Product> products)
    {
        int columns = products[0].Weights.Columns;
        for (int first = 0; first < n; first += MostColumns)
        {
            pool.Products.Run(this, x + (long)first * columns, first, Math.Min(MostColumns, n - first), products);
        }
    }

    /// <summary>y = x / sqrt(mean(x²) + eps) · weight; a null weight counts as ones.</summary>
    public abstract void RmsNorm(float* x, float* weight, float* y, int n, float eps);

    /// <summary>y = (x − mean) / sqrt(variance + eps) · weight + bias; a null weight counts as ones, a null bias as zeros.</summary>
    public abstract void LayerNorm(float* x, float* weight, float* bias, float* y, int n, float eps);

    /// <summary>y = a + b.</summary>
    public abstract void Add(float* a, float* b, float* y, int n);

    /// <summary>y = x · factor.</summary>
    public abstract void Scale(float* x, float factor, float* y, int n);

    /// <summary>y = fma(x, factor, y).</summary>
    public abstract void AddScaled(float* x, float factor, float* y, int n);

    /// <summary>y = fma(a, b, y), element by element.</summary>
    public abstract void MultiplyAdd(float* a, float* b, float* y, int n);

    /// <summary>y = x / (1 + e^−gate).</summary>
    public abstract void SigmoidMul(float* gate, float* x, float* y, int n);

    /// <summary>A step of a diagonal state space: state = fma(x, b, state · e^(dt · a)); y = fma(state, c, y).</summary>
    public abstract void ScanState(float* a, float* dt, float* x, float b, float c, float* state, float* y, int n);

    /// <summary>y = x / (1 + e^−x).</summary>
    public abstract void Silu(float* x, float* y, int n);

    /// <summary>y = gate / (1 + e^−gate) · up.</summary>
    public abstract void SiluMul(float* gate, float* up, float* y, int n);

    /// <summary>y = x / (1 + e^−z), z = 2 sqrt(2/π) (x + 0.044715 x³): GELU in its tanh form.</summary>
    public abstract void GeluTanh(float* x, float* y, int n);

    /// <summary>y = GELU(gate) · up, tanh form.</summary>
    public abstract void GeluTanhMul(float* gate, float* up, float* y, int n);

    /// <summary>y = x/2 · (1 + erf(x/√2)): GELU by its definition.</summary>
    public abstract void Gelu(float* x, float* y, int n);

    /// <summary>y = g / (1 + e^(−1.702 g)) · (u + 1) with g = min(gate, 7), u = clamp(up, −7, 7).</summary>
    public virtual void ClampedSwiGlu(float* gate, float* up, float* y, int n)
    {
        const float Limit = 7;
        const float Steepness = 1.702f;
        for (int i = 0; i < n; i++)
        {
            float g = MathF.Min(gate[i], Limit);
            y[i] = g / (1f + CanonicalMath.Exp(-Steepness * g)) * (Math.Clamp(up[i], -Limit, Limit) + 1f);
        }
    }

    /// <summary>Rotates the first <paramref name="rotated"/> elements of every head in place. Pairs are (i, i + rotated/2), or (2i, 2i + 1).</summary>
    /// <param name="x">[heads, headSize]</param>
    /// <param name="cos">[rotated / 2]</param>
    /// <param name="sin">[rotated / 2]</param>
    /// <param name="heads">Heads of the token.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="rotated">Elements that turn, even.</param>
    /// <param name="adjacentPairs">Whether neighbours form a pair.</param>
    public abstract void Rope(float* x, float* cos, float* sin, int heads, int headSize, int rotated, bool adjacentPairs);

    /// <summary>cos and sin of position · frequency for each pair, times <paramref name="magnitude"/>; computed in double, rounded once.</summary>
    /// <param name="frequencies">Radians per position of each pair. [pairs]</param>
    /// <param name="pairs">Pairs of a head.</param>
    /// <param name="position">Position of the token.</param>
    /// <param name="magnitude">1, or the factor of a long-context scaling.</param>
    /// <param name="cos">[pairs]</param>
    /// <param name="sin">[pairs]</param>
    public virtual void RopeTable(double* frequencies, int pairs, double position, double magnitude, float* cos, float* sin)
    {
        for (int i = 0; i < pairs; i++)
        {
            double angle = position * frequencies[i];
            cos[i] = (float)(CanonicalMath.Cos(angle) * magnitude);
            sin[i] = (float)(CanonicalMath.Sin(angle) * magnitude);
        }
    }

    /// <summary>Stores the keys and values of consecutive tokens, rounding as the layout's type says.</summary>
    /// <param name="layout">Layout of the pages.</param>
    /// <param name="pages">Pages of this layer by position / 512; those written to must be there.</param>
    /// <param name="position">Position of the first token.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="keys">Token t's keys [kvHeads, keySize] at t · keyStride.</param>
    /// <param name="keyStride">Floats.</param>
    /// <param name="values">Token t's values [kvHeads, valueSize] at t · valueStride.</param>
    /// <param name="valueStride">Floats.</param>
    public virtual void AppendKv(in KvLayout layout, byte** pages, int position, int count, float* keys, int keyStride, float* values, int valueStride)
    {
        for (int t = 0; t < count; t++)
        {
            byte* page = pages[(position + t) / KvLayout.PagePositions];
            KvStore.Append(layout, page, (position + t) % KvLayout.PagePositions, keys + (long)t * keyStride, values + (long)t * valueStride);
        }
    }

    /// <summary>softmax(q k · scale) v of every query over the positions that it sees.</summary>
    public void Attend(ComputePool pool, in AttentionShape shape, ReadOnlySpan<AttentionRows> rows) => pool.Attention.Run(this, shape, rows);

    /// <summary>Quantises 32 activations; returns their sum, or int.MinValue where one is not finite.</summary>
    internal abstract int Quantise32(float* x, sbyte* q, float* scale);

    /// <summary>Quantises 256 activations with their sums of 16 and of 32; false where one is not finite.</summary>
    internal abstract bool Quantise256(float* x, sbyte* q, float* scale, short* sums16, short* sums32);

    /// <summary>One block of queries of one key-value head.</summary>
    internal abstract void AttendBlock(in AttentionBlock block, float* output, float* room);
}
