namespace Exo.Engine.Models;

/// <summary>What a <see cref="ShortConvolution"/> reads and writes in one step.</summary>
internal unsafe struct ConvolutionStep
{
    public int Channels;
    public int Kernel;

    /// <summary>[kernel, channels]</summary>
    public float* Weights;

    /// <summary>[channels], or null.</summary>
    public float* Bias;

    /// <summary>[tokens, channels]</summary>
    public float* X;

    /// <summary>[tokens, channels]</summary>
    public float* Y;
}
