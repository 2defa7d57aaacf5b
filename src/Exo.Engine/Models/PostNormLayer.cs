namespace Exo.Engine.Models;

/// <summary>h = norm(h + attention(h)); h = norm(h + feedForward(h)): the layer of the first transformers (arXiv 1706.03762).</summary>
internal sealed unsafe class PostNormLayer(ModelSpec spec, SelfAttention attention, FeedForward feedForward, BlockNorm afterAttention, BlockNorm afterFeedForward) : ModelLayer
{
    public override void Forward(LayerStep step, int cacheLayer)
    {
        step.AddToHidden(attention.Forward(step, cacheLayer, step.Hidden), spec.ResidualScale);
        afterAttention.Forward(step, step.Hidden, step.Hidden);
        step.AddToHidden(feedForward.Forward(step, step.Hidden), spec.ResidualScale);
        afterFeedForward.Forward(step, step.Hidden, step.Hidden);
    }
}
