using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// GPT-2 (Radford et al., 2019): learned positions, norms by mean and variance, queries, keys and values in one matrix, biases everywhere:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Gpt2 : ModelArchitecture
{
    public override string Name => "gpt2";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: null, NormKind.Layer) with { LearnedPositions = true };

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), fused: true),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. PlainFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Fused = true, Rope = -1 }), new PlainFeedForward(spec, weights, Prefix(layer)))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
