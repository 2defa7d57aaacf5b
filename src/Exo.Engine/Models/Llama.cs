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
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Window = spec.WindowOf(layer) }), new GatedFeedForward(spec, weights, Prefix(layer)))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
