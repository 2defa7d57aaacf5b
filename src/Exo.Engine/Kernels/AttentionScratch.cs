namespace Exo.Engine.Kernels;

/// <summary>The job objects of attention.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    private readonly ComputePool _pool;
    private readonly AttentionJob[] _jobs;

    public AttentionScratch(ComputePool pool)
    {
        _pool = pool;
        _jobs = new AttentionJob[pool.Threads + 1];
        for (int i = 0; i < _jobs.Length; i++)
        {
            _jobs[i] = new AttentionJob(pool);
        }
    }

    public void Run(KernelSet kernels, AttentionShape shape, ReadOnlySpan<AttentionRows> rows)
    {
        if (shape.Heads % shape.Layout.KvHeads != 0)
        {
            throw new ArgumentException($"{shape.Heads} query heads cannot share {shape.Layout.KvHeads} key-value heads.", nameof(shape));
        }

        shape.QueryStride = shape.QueryStride == 0 ? shape.Heads * shape.Layout.KeySize : shape.QueryStride;
        shape.OutputStride = shape.OutputStride == 0 ? shape.Heads * shape.Layout.ValueSize : shape.OutputStride;
        while (!rows.IsEmpty)
        {
            AttentionJob job = _pool.Free(_jobs);
            int taken = job.Plan(kernels, shape, rows);
            rows = rows[taken..];
            if (job.Slots != 0)
            {
                _pool.ReserveScratch(job.ScratchBytes);
                _pool.Run(job);
            }
        }
    }

    public void Dispose()
    {
        foreach (AttentionJob job in _jobs)
        {
            job.Dispose();
        }
    }
}
