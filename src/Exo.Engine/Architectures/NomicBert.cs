using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Nomic Embed (arXiv 2402.01613): BERT with rotation in place of learned positions, queries, keys and values in one matrix, a SiLU gate and no biases.
/// </summary>
internal sealed class NomicBert : ModelArchitecture
{
    public override string Name => "nomic-bert";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.AsEncoder(reader.Read(adjacentPairs: false, NormKind.Layer));
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: true),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_output_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "layer_output_norm"),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new PostNormLayer(
        spec,
        new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = true }),
        new GatedFeedForward(spec, weights, Prefix(layer)),
        new BlockNorm(spec, weights, Prefix(layer) + "attn_output_norm"),
        new BlockNorm(spec, weights, Prefix(layer) + "layer_output_norm"));
}
