using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Command R7B and Command A (arXiv 2504.00698): three sliding layers that turn, then one that sees everything and does not; side by side behind one norm:
/// h += attention(norm(h)) + feedForward(norm(h)).
/// </summary>
internal sealed class Cohere2 : ModelArchitecture
{
    public override string Name => "cohere2";

    public override IReadOnlyList<string> FolderTypes => ["cohere2"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.WithWindow(reader.Read(adjacentPairs: true, NormKind.Layer), period: 4) with
        {
            LogitScale = (float)(reader.OptionalFactor("logit_scale") ?? 1),
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        config = config.WithDefaults("""{"logit_scale": 0.0625, "layer_norm_eps": 1e-5, "sliding_window": 4096, "sliding_window_pattern": 4}""");
        FolderSpecReader reader = new(config, tensors, Name);
        int period = config.RequireInt("sliding_window_pattern", 1, int.MaxValue);
        return reader.WithWindow(reader.Read(tied: true, adjacentPairs: true, norm: NormKind.Layer), layer => (layer + 1) % period != 0) with
        {
            LogitScale = (float)config.RequirePositive("logit_scale"),
        };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new ParallelLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Window = spec.WindowOf(layer), Rope = spec.WindowOf(layer) > 0 ? 0 : -1 }), new GatedFeedForward(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"));
}
