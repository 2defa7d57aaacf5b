using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Command R (Cohere, 2024): attention and feed-forward side by side behind one norm by mean and variance without a bias; logits times a factor:
/// h += attention(norm(h)) + feedForward(norm(h)). The large model norms queries and keys by head.
/// </summary>
internal sealed class CommandR : ModelArchitecture
{
    public override string Name => "command-r";

    public override IReadOnlyList<string> FolderTypes => ["cohere"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        return reader.Read(adjacentPairs: true, NormKind.Layer) with
        {
            LogitScale = (float)(reader.OptionalFactor("logit_scale") ?? 1),
            QueryKeyNorms = tensors.Find("blk.0.attn_q_norm.weight") is not null,
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        config = config.WithDefaults("""{"logit_scale": 0.0625, "layer_norm_eps": 1e-5}""");
        ModelSpec spec = new FolderSpecReader(config, tensors, Name).Read(tied: true, adjacentPairs: true, norm: NormKind.Layer);
        return spec with
        {
            // The first models were trained on more positions than max_position_embeddings says.
            ContextLength = Math.Max(spec.ContextLength, config.Int("model_max_length", 1, 1 << 30) ?? 0),
            LogitScale = (float)config.RequirePositive("logit_scale"),
            QueryKeyNorms = config.Flag("use_qk_norm") ?? false,
        };
    }

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), spec.QueryKeyNorms ? QueryKeyNorms.LayerHeads : QueryKeyNorms.None),
        .. GatedFeedForward.Needs(spec, layer + 1, Prefix(layer)),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new ParallelLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Norms = spec.QueryKeyNorms ? QueryKeyNorms.LayerHeads : QueryKeyNorms.None }), new GatedFeedForward(spec, weights, Prefix(layer)), new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"));
}
