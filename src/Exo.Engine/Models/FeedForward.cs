namespace Exo.Engine.Models;

/// <summary>The second half of a layer: works on each token by itself.</summary>
internal abstract unsafe class FeedForward
{
    /// <summary>What the block makes of x. [tokens, embeddingSize]; valid until the next use of the room.</summary>
    public abstract float* Forward(LayerStep step, float* x);
}
