using System.Collections.Immutable;

namespace Exo.Engine.Models;

/// <summary>Layers that carry a state of fixed size from token to token instead of looking back at keys and values.</summary>
public sealed record RecurrentSpec
{
    /// <summary>Inputs that the convolution before the state sees, the token's own included.</summary>
    public required int Kernel { get; init; }

    /// <summary>Floats that a layer reads out of its state for a token.</summary>
    public required int InnerSize { get; init; }

    /// <summary>Floats of state for each of these.</summary>
    public required int StateSize { get; init; }

    /// <summary>Heads that the inner floats are divided into; of a state-space layer the rank of its time steps.</summary>
    public required int Rank { get; init; }

    /// <summary>Key heads, shared among the heads; 0 for a state-space layer.</summary>
    public int Groups { get; init; }

    /// <summary>Whether neighbouring heads share a key head; otherwise heads take key heads in turn.</summary>
    public bool NeighboursShare { get; init; }

    /// <summary>Whether a file holds the matrices of two gates of the heads as one, key head by key head.</summary>
    public bool OneGateMatrix { get; init; }

    /// <summary>Whether a file holds the logarithm of how fast states fade.</summary>
    public bool DecayAsLogarithm { get; init; }

    /// <summary>For each layer whether it is recurrent; empty: all are.</summary>
    public ImmutableArray<bool> Layers { get; init; } = [];

    /// <summary>Floats that pass through the convolution.</summary>
    public int Channels => InnerSize + (2 * Groups * StateSize);

    /// <summary>Floats of earlier inputs that the convolution keeps.</summary>
    public int ConvolutionFloats => (Kernel - 1) * Channels;

    /// <summary>Floats that a session keeps on such a layer.</summary>
    public int SessionFloats => ConvolutionFloats + (StateSize * InnerSize);

    /// <summary>Whether a layer is recurrent.</summary>
    /// <param name="layer">Layer, from 0.</param>
    public bool On(int layer) => Layers.IsEmpty || Layers[layer];
}
