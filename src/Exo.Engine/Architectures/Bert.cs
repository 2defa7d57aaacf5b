using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// BERT (arXiv 1810.04805) as an embedding model: every token sees the whole text; learned positions, biases everywhere, norms behind each block;
/// the text's vector is pooled from the last layer. GELU is in its tanh form, as other readers of these files compute it.
/// </summary>
internal sealed class Bert : ModelArchitecture
{
    public override string Name => "bert";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.AsEncoder(reader.Read(adjacentPairs: null, NormKind.Layer)) with { LearnedPositions = true };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_output_norm"),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "layer_output_norm"),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) => new PostNormLayer(
        spec,
        new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Rope = -1 }),
        new PlainFeedForward(spec, weights, Prefix(layer)),
        new BlockNorm(spec, weights, Prefix(layer) + "attn_output_norm"),
        new BlockNorm(spec, weights, Prefix(layer) + "layer_output_norm"));
}
