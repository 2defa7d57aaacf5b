namespace Exo.Engine.Models;

/// <summary>
/// An architecture whose layers are attention, then a feed-forward block, with norms before or behind each. What a layer consists of is told once; the tensors that it
/// needs and the layer itself follow from it. Unless told otherwise: Llama's layer, with a mixture of experts where the spec has one.
/// </summary>
internal abstract class SequentialArchitecture : ModelArchitecture
{
    /// <summary>The norms of a layer.</summary>
    protected virtual LayerNorms Norms => LayerNorms.Before;

    /// <summary>The feed-forward block of layers without experts.</summary>
    protected virtual FeedForwardOptions FeedForward => default;

    public sealed override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. NormNeeds(spec, layer, Norms.BeforeAttention),
        .. AttentionNeeds(spec, layer),
        .. NormNeeds(spec, layer, Norms.AfterAttention),
        .. NormNeeds(spec, layer, Norms.BeforeFeedForward),
        .. FeedForwardNeeds(spec, layer),
        .. NormNeeds(spec, layer, Norms.AfterFeedForward),
    ];

    public sealed override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, LoadAttention(spec, weights, layer), LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = Norm(spec, weights, layer, Norms.BeforeAttention),
            AfterAttention = Norm(spec, weights, layer, Norms.AfterAttention),
            BeforeFeedForward = Norm(spec, weights, layer, Norms.BeforeFeedForward),
            AfterFeedForward = Norm(spec, weights, layer, Norms.AfterFeedForward),
        };

    /// <summary>How a layer's attention differs from Llama's.</summary>
    protected virtual AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Window = spec.WindowOf(layer), Rope = spec.RopeOf(layer) };

    /// <summary>The tensors of a layer's attention, or of what stands in its place.</summary>
    protected virtual IEnumerable<TensorNeed> AttentionNeeds(ModelSpec spec, int layer)
    {
        AttentionOptions options = AttentionOf(spec, layer);
        return SelfAttention.Needs(spec, layer + 1, Prefix(layer), options.Norms, options.Fused, options.Sinks, options.Gated);
    }

    /// <summary>That attention.</summary>
    protected virtual Attention LoadAttention(ModelSpec spec, WeightLoader weights, int layer) =>
        new SelfAttention(spec, weights, Prefix(layer), AttentionOf(spec, layer));

    private static IEnumerable<TensorNeed> NormNeeds(ModelSpec spec, int layer, string? name) =>
        name is null ? [] : BlockNorm.Needs(spec, layer + 1, Prefix(layer) + name);

    private static BlockNorm? Norm(ModelSpec spec, WeightLoader weights, int layer, string? name) =>
        name is null ? null : new BlockNorm(spec, weights, Prefix(layer) + name);

    private IEnumerable<TensorNeed> FeedForwardNeeds(ModelSpec spec, int layer) => spec.Experts?.On(layer) == true ? MixtureFeedForward.Needs(spec, layer + 1, Prefix(layer))
        : FeedForward.Plain ? PlainFeedForward.Needs(spec, layer + 1, Prefix(layer))
        : GatedFeedForward.Needs(spec, layer + 1, Prefix(layer), FeedForward.Fused);

    private FeedForward LoadFeedForward(ModelSpec spec, WeightLoader weights, int layer) => spec.Experts?.On(layer) == true ? new MixtureFeedForward(spec, weights, Prefix(layer))
        : FeedForward.Plain ? new PlainFeedForward(spec, weights, Prefix(layer))
        : new GatedFeedForward(spec, weights, Prefix(layer), FeedForward.Gelu, FeedForward.Fused);
}
