using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Falcon (arXiv 2311.16867): attention and feed-forward side by side; the 7B model has one norm for both, the 40B one for each; queries, keys and values in
/// one matrix: h += attention(norm(h)) + feedForward(norm(h)).
/// </summary>
internal sealed class Falcon : ModelArchitecture
{
    public override string Name => "falcon";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false, NormKind.Layer) with { OwnAttentionNorms = tensors.Find("blk.0.attn_norm_2.weight") is not null };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. spec.OwnAttentionNorms ? BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm_2") : [],
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: true),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new ParallelLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = true }), new PlainFeedForward(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"))
        {
            OwnAttentionNorm = spec.OwnAttentionNorms ? new BlockNorm(spec, weights, Prefix(layer) + "attn_norm_2") : null,
        };
}
