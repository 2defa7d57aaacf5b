using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Qwen 2 and 2.5 (arXiv 2407.10671, 2412.15115): Llama's layer with biases of queries, keys and values, and half-split rotation:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Qwen2 : ModelArchitecture
{
    public override string Name => "qwen2";

    public override IReadOnlyList<string> FolderTypes => ["qwen2"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors) =>
        new GgufSpecReader(metadata, tensors, Name).Read(adjacentPairs: false);

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        if (config.Flag("use_sliding_window") == true)
        {
            throw config.Refuse("use_sliding_window", "is true, which cannot be computed with this architecture yet. Choose another model, or a GGUF file of it.");
        }

        return new FolderSpecReader(config, tensors, Name).Read();
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions()), new GatedFeedForward(spec, weights, Prefix(layer)))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
