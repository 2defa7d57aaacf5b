namespace Exo.Engine.Models;

/// <summary>What the channels of a <see cref="SelectiveState"/> read and write in one step.</summary>
internal unsafe struct ScanStep
{
    public RecurrentSpec Spec;

    /// <summary>[stateSize, innerSize]</summary>
    public float* A;

    /// <summary>[innerSize]</summary>
    public float* D;

    /// <summary>[tokens, innerSize]</summary>
    public float* X;

    /// <summary>Before it is made positive. [tokens, innerSize]</summary>
    public float* Dt;

    /// <summary>[tokens, stateSize]</summary>
    public float* B;

    /// <summary>[tokens, stateSize]</summary>
    public float* C;

    /// <summary>[tokens, innerSize]</summary>
    public float* Gate;

    /// <summary>[tokens, innerSize]</summary>
    public float* Read;
}
