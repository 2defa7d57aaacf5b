using Exo.Engine.Gguf;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>
/// Llama 1 to 3 and what shares its layer, Mistral among them (arXiv 2302.13971, 2307.09288, 2407.21783):
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Llama : ModelArchitecture
{
    public override string Name => "llama";

    public override IReadOnlyList<string> FolderTypes => ["llama", "mistral"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: true);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        new FolderSpecReader(config, tensors, Name).Read() with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        new(Prefix(layer) + "attn_norm.weight", layer + 1, [spec.EmbeddingSize]),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), QueryKeyNorms.None),
        new(Prefix(layer) + "ffn_norm.weight", layer + 1, [spec.EmbeddingSize]),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new Layer(spec, weights, layer);

    private sealed unsafe class Layer(ModelSpec spec, WeightLoader weights, int layer) : ModelLayer
    {
        private readonly float* _attentionNorm = weights.Vector(Prefix(layer) + "attn_norm.weight");
        private readonly SelfAttention _attention = new(spec, weights, Prefix(layer), new AttentionOptions { Window = spec.WindowOf(layer) });
        private readonly float* _feedForwardNorm = weights.Vector(Prefix(layer) + "ffn_norm.weight");
        private readonly GatedFeedForward _feedForward = new(spec, weights, Prefix(layer));

        public override void Forward(LayerStep step, int cacheLayer)
        {
            float* normed = step.Room(StepRoom.Normed, spec.EmbeddingSize);
            step.RmsNorm(step.Hidden, _attentionNorm, normed, spec.EmbeddingSize);
            step.AddToHidden(_attention.Forward(step, cacheLayer, normed), spec.ResidualScale);

            step.RmsNorm(step.Hidden, _feedForwardNorm, normed, spec.EmbeddingSize);
            step.AddToHidden(_feedForward.Forward(step, normed), spec.ResidualScale);
        }
    }
}
