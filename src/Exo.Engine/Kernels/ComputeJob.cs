namespace Exo.Engine.Kernels;

/// <summary>
/// Work cut into slots. Compute writes only to memory of its own thread; Commit copies that to the output. Every slot gives
/// the same bits whoever computes it, so a slot may be computed twice; exactly one of the two commits.
/// </summary>
internal abstract class ComputeJob
{
    /// <summary>Slots of the present run, 1..<see cref="ComputePool.MostSlots"/>.</summary>
    public int Slots { get; protected set; }

    internal long Epoch { get; set; }

    internal int Done;

    /// <summary>Never throws: a late thread may read inputs of another time. A fault is a flag that Commit publishes.</summary>
    public abstract void Compute(int thread, int slot);

    public abstract void Commit(int thread, int slot);
}
