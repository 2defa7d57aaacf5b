namespace Exo.Engine.Models;

/// <summary>Which experts the routers of a slice chose, layer after layer: to compare kernels with each other and with references.</summary>
internal sealed class ExpertTrace
{
    /// <summary>Of each layer with experts, in the order of computing: the router's logits [tokens, experts], and the experts chosen of them [tokens, used], ascending.</summary>
    public List<(float[] Scores, int[] Chosen)> Layers { get; } = [];
}
