namespace Exo.Engine.Models;

/// <summary>One loaded layer of an architecture. Its weights belong to the loader that made it.</summary>
internal abstract class ModelLayer
{
    /// <summary>Adds to every hidden state of the step what the layer computes.</summary>
    /// <param name="step">The tokens of this step.</param>
    /// <param name="cacheLayer">Which layer of the rows' caches is this one's.</param>
    public abstract void Forward(LayerStep step, int cacheLayer);
}
