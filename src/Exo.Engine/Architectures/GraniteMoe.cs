using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Granite 3 with experts (IBM, 2024): Granite's layer; softmax over the chosen experts; some models have a shared expert:
/// h += r · attention(norm(h)); h += r · mixture(norm(h)).
/// </summary>
internal sealed class GraniteMoe : ModelArchitecture
{
    public override string Name => "granitemoe";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = Granite.Scaled(reader, reader.Read(adjacentPairs: true, experts: true));
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with { Experts = experts with { Renormalise = true, SharedSize = metadata.GetInt(reader.Key("expert_shared_feed_forward_length"), 0, 1 << 24) ?? 0 } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer)),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "ffn_norm"),
        .. FeedForwardNeeds(spec, layer),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions()), LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
