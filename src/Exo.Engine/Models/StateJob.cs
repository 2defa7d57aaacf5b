using Exo.Engine.Kernels;

namespace Exo.Engine.Models;

/// <summary>
/// Work on the states of a step's sessions in one layer: a slot is one part (a head, or some channels) of one session, all of its tokens in order.
/// A part is computed on a copy in the thread's scratch and stored when the slot is committed. Parts are independent, so threads change no bit.
/// </summary>
internal abstract unsafe class StateJob : ComputeJob
{
    private Row[] _rows = new Row[8];
    private int _parts;

    protected KernelSet Kernels { get; private set; } = null!;

    private ComputePool Pool { get; set; } = null!;

    /// <summary>A session's part of the step.</summary>
    protected struct Row
    {
        public float* State;
        public int FirstToken;
        public int Count;
    }

    /// <summary>Runs the parts of all sessions of the step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="jobs">Jobs of the same kind, one more than the pool has threads.</param>
    /// <param name="cacheLayer">Whose states.</param>
    /// <param name="parts">Parts of a session.</param>
    /// <param name="parameters">What else the job needs; given to <see cref="IPreparedBy{TParameters}.Prepare"/>.</param>
    public static void Run<TJob, TParameters>(LayerStep step, TJob[] jobs, int cacheLayer, int parts, in TParameters parameters)
        where TJob : StateJob, IPreparedBy<TParameters>
    {
        int atOnce = Math.Max(1, ComputePool.MostSlots / parts);
        ReadOnlySpan<StepRow> rows = step.Rows;
        for (int first = 0; first < rows.Length; first += atOnce)
        {
            TJob job = step.Pool.Free(jobs);
            job.Prepare(parameters);
            job.Plan(step, rows.Slice(first, Math.Min(atOnce, rows.Length - first)), cacheLayer, parts);
            step.Pool.Run(job);
        }
    }

    public override void Compute(int thread, int slot) => Compute(_rows[slot / _parts], slot % _parts, (float*)Pool.Scratch(thread));

    public override void Commit(int thread, int slot) => Commit(_rows[slot / _parts], slot % _parts, (float*)Pool.Scratch(thread));

    /// <summary>Floats of scratch for a session with so many tokens.</summary>
    protected abstract long RoomFloats(int tokens);

    protected abstract void Compute(in Row row, int part, float* room);

    protected abstract void Commit(in Row row, int part, float* room);

    /// <summary>Copies rows of floats that lie apart.</summary>
    protected static void Copy(float* from, int fromStride, float* to, int toStride, int rows, int width)
    {
        for (int r = 0; r < rows; r++)
        {
            new Span<float>(from + ((long)r * fromStride), width).CopyTo(new Span<float>(to + ((long)r * toStride), width));
        }
    }

    private void Plan(LayerStep step, ReadOnlySpan<StepRow> rows, int cacheLayer, int parts)
    {
        if (_rows.Length < rows.Length)
        {
            _rows = new Row[rows.Length * 2];
        }

        (Kernels, Pool, _parts) = (step.Kernels, step.Pool, parts);
        long floats = 0;
        for (int r = 0; r < rows.Length; r++)
        {
            _rows[r] = new Row { State = rows[r].Cache.State(cacheLayer), FirstToken = rows[r].FirstToken, Count = rows[r].Count };
            floats = Math.Max(floats, RoomFloats(rows[r].Count));
        }

        Pool.ReserveScratch(floats * sizeof(float));
        Slots = rows.Length * parts;
    }
}
