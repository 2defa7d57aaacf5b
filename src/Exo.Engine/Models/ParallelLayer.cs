namespace Exo.Engine.Models;

/// <summary>h += attention(norm(h)) + feedForward(norm(h)), both of the same h (GPT-J's form); usually with one norm for both.</summary>
internal sealed unsafe class ParallelLayer(ModelSpec spec, Attention attention, FeedForward feedForward, BlockNorm norm) : ModelLayer
{
    /// <summary>The norm before attention, where it is not the one before the feed-forward block.</summary>
    public BlockNorm? OwnAttentionNorm { get; init; }

    public override void Forward(LayerStep step, int cacheLayer)
    {
        float* normed = step.Room(StepRoom.Normed, spec.EmbeddingSize);
        norm.Forward(step, step.Hidden, normed);
        float* forAttention = normed;
        if (OwnAttentionNorm is { } own)
        {
            forAttention = step.Room(StepRoom.AttentionNormed, spec.EmbeddingSize);
            own.Forward(step, step.Hidden, forAttention);
        }

        step.AddToHidden(attention.Forward(step, cacheLayer, forAttention), spec.ResidualScale);
        step.AddToHidden(feedForward.Forward(step, normed), spec.ResidualScale);
    }
}
