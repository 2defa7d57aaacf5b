namespace Exo.Engine.Models;

/// <summary>The first half of a layer: looks at the tokens before each token.</summary>
internal abstract unsafe class Attention
{
    /// <summary>What the block makes of x, whose tokens' keys and values it stores first. [tokens, embeddingSize]; valid until the next use of the room.</summary>
    public abstract float* Forward(LayerStep step, int cacheLayer, float* x);
}
