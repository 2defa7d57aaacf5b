namespace Exo.Engine.Models;

/// <summary>What the heads of a <see cref="GatedDeltaNet"/> read and write in one step.</summary>
internal unsafe struct DeltaStep
{
    public RecurrentSpec Spec;
    public float Epsilon;
    public int Tokens;

    /// <summary>Queries, keys and values of each token. [tokens, channels]</summary>
    public float* Mixed;

    /// <summary>Numbers that become the rate and the fading of each head.</summary>
    public float* Gates;
    public float* DtBias;
    public float* A;
    public float* Norm;

    /// <summary>[tokens, innerSize]</summary>
    public float* Z;

    /// <summary>[tokens, innerSize]</summary>
    public float* Read;
}
