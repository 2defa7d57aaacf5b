namespace Exo.Engine.Models;

/// <summary>h += after(attention(before(h))); h += after(feedForward(before(h))). A norm that the model lacks is null and leaves its input as it is.</summary>
internal sealed unsafe class SequentialLayer(ModelSpec spec, Attention attention, FeedForward feedForward) : ModelLayer
{
    public BlockNorm? BeforeAttention { get; init; }

    public BlockNorm? AfterAttention { get; init; }

    public BlockNorm? BeforeFeedForward { get; init; }

    public BlockNorm? AfterFeedForward { get; init; }

    public override void Forward(LayerStep step, int cacheLayer)
    {
        Add(step, AfterAttention, attention.Forward(step, cacheLayer, Normed(step, BeforeAttention)));
        Add(step, AfterFeedForward, feedForward.Forward(step, Normed(step, BeforeFeedForward)));
    }

    private float* Normed(LayerStep step, BlockNorm? norm)
    {
        if (norm is null)
        {
            return step.Hidden;
        }

        float* normed = step.Room(StepRoom.Normed, spec.EmbeddingSize);
        norm.Forward(step, step.Hidden, normed);
        return normed;
    }

    private void Add(LayerStep step, BlockNorm? norm, float* x)
    {
        norm?.Forward(step, x, x);
        step.AddToHidden(x, spec.ResidualScale);
    }
}
