namespace Exo.Engine.Models;

/// <summary>h += mixer(norm(h)): a layer without a feed-forward block.</summary>
internal sealed unsafe class MixerLayer(ModelSpec spec, Attention mixer, BlockNorm before) : ModelLayer
{
    public override void Forward(LayerStep step, int cacheLayer)
    {
        float* normed = step.Room(StepRoom.Normed, spec.EmbeddingSize);
        before.Forward(step, step.Hidden, normed);
        step.AddToHidden(mixer.Forward(step, cacheLayer, normed), spec.ResidualScale);
    }
}
