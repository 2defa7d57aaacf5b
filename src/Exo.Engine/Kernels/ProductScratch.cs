using Exo.Engine.Kernels.Tiles;
using Exo.Engine.Memory;

namespace Exo.Engine.Kernels;

/// <summary>What products of a pool share: quantised activations of the present input and the job objects. Grows, never shrinks.</summary>
internal sealed unsafe class ProductScratch : IDisposable
{
    private static readonly int[] s_groups = [0, 32, 256];

    private readonly ComputePool _pool;
    private readonly NativeBuffer?[] _memory = new NativeBuffer?[s_groups.Length];
    private readonly QuantiseJob[] _quantise;
    private readonly ProductJob[] _products;

    public ProductScratch(ComputePool pool)
    {
        _pool = pool;
        _quantise = new QuantiseJob[pool.Threads + 1];
        _products = new ProductJob[pool.Threads + 1];
        for (int i = 0; i <= pool.Threads; i++)
        {
            _quantise[i] = new QuantiseJob(pool);
            _products[i] = new ProductJob(pool);
        }
    }

    /// <param name="kernels">Who quantises.</param>
    /// <param name="x">[n, columns]</param>
    /// <param name="firstRow">Number of x's first row in the caller's call; outputs and faults count from there.</param>
    /// <param name="n">Rows.</param>
    /// <param name="products">Matrices that share x.</param>
    public void Run(KernelSet kernels, float* x, int firstRow, int n, ReadOnlySpan<Product> products)
    {
        ProductJob job = _pool.Free(_products);
        job.Begin(n, firstRow);
        _pool.Faults.Reserve(firstRow + n);
        for (int g = 0; g < s_groups.Length; g++)
        {
            if (Wanted(products, s_groups[g]))
            {
                job.Use(g, Quantise(kernels, x, firstRow, n, products[0].Weights.Columns, g));
            }
        }

        foreach (Product product in products)
        {
            if (product.Weights.Columns != products[0].Weights.Columns)
            {
                throw new ArgumentException($"Products of one input have {products[0].Weights.Columns} and {product.Weights.Columns} columns.", nameof(products));
            }

            job.Add(product, Array.IndexOf(s_groups, product.Weights.Kernel.ActivationGroup));
        }

        job.Plan();
        _pool.ReserveScratch(job.ScratchBytes);
        _pool.Run(job);
    }

    public void Dispose()
    {
        foreach (NativeBuffer? memory in _memory)
        {
            memory?.Dispose();
        }
    }

    private static bool Wanted(ReadOnlySpan<Product> products, int group)
    {
        foreach (Product product in products)
        {
            if (product.Weights.Kernel.ActivationGroup == group)
            {
                return true;
            }
        }

        return false;
    }

    private Activations Quantise(KernelSet kernels, float* x, int firstRow, int n, int columns, int g)
    {
        int padded = s_groups[g] == 0 ? (columns + 1) & ~1 : columns;
        Activations.Place(null, padded, n, s_groups[g], out long bytes);
        if (_memory[g] == null || _memory[g]!.Bytes < bytes)
        {
            _memory[g]?.Dispose();
            _memory[g] = new NativeBuffer(bytes);
        }

        Activations to = Activations.Place(_memory[g]!.Pointer, padded, n, s_groups[g], out _);
        if (to.Panels == 1)
        {
            int faults = Quantiser.Panel(kernels, x, columns, to);
            for (int c = 0; c < n; c++)
            {
                if ((faults & (1 << c)) != 0)
                {
                    _pool.Faults.Set(firstRow + c);
                }
            }
        }
        else
        {
            QuantiseJob job = _pool.Free(_quantise);
            job.Plan(kernels, x, columns, firstRow, to);
            _pool.ReserveScratch(job.ScratchBytes);
            _pool.Run(job);
        }

        return to;
    }
}
