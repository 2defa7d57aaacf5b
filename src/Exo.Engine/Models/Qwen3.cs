using Exo.Engine.Gguf;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>
/// Qwen 3, dense (arXiv 2505.09388): Llama's layer with queries and keys normed head by head, and half-split rotation:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Qwen3 : ModelArchitecture
{
    public override string Name => "qwen3";

    public override IReadOnlyList<string> FolderTypes => ["qwen3"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        int layers = config.RequireInt("num_hidden_layers", 1, 4096);
        if (config.Flag("use_sliding_window") == true)
        {
            throw config.Refuse("use_sliding_window", "is true, which cannot be computed with this architecture yet. Choose another model, or a GGUF file of it.");
        }

        if (config.Texts("layer_types") is { } types && (types.Count != layers || types.Any(type => type != "full_attention")))
        {
            throw config.Refuse("layer_types", $"is not \"full_attention\" for each of the {layers} layers, which is all that this architecture computes. Choose another model.");
        }

        return new FolderSpecReader(config, tensors, Name).Read();
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        new(Prefix(layer) + "attn_norm.weight", layer + 1, [spec.EmbeddingSize]),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), QueryKeyNorms.Heads),
        new(Prefix(layer) + "ffn_norm.weight", layer + 1, [spec.EmbeddingSize]),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new Layer(spec, weights, layer);

    private sealed unsafe class Layer(ModelSpec spec, WeightLoader weights, int layer) : ModelLayer
    {
        private readonly float* _attentionNorm = weights.Vector(Prefix(layer) + "attn_norm.weight");
        private readonly SelfAttention _attention = new(spec, weights, Prefix(layer), new AttentionOptions { Norms = QueryKeyNorms.Heads });
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
