using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Llama 4, text (Meta, 2025): every second layer mixes experts, of which a token visits one whose input is weighted, and a shared one; every fourth layer does not
/// turn queries and keys, and lets queries grow with their position; the others norm them after turning: h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class Llama4 : ModelArchitecture
{
    /// <summary>Turned layers see their own chunk of so many positions; a longer context is not offered, so that there is one chunk.</summary>
    private const int Chunk = 8192;

    public override string Name => "llama4";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with
        {
            ContextLength = Math.Min(spec.ContextLength, Chunk),
            UnturnedLayers = [.. Enumerable.Range(0, spec.LayerCount).Select(layer => layer % 4 == 3)],
            Temperature = new AttentionTemperature(0.1, Chunk, Offset: 1),
            Experts = experts with
            {
                Scoring = ExpertScoring.Sigmoid,
                WeightsInput = true,
                SharedSize = experts.Size,
                Interval = metadata.GetInt(reader.Key("interleave_moe_layer_step"), 1, spec.LayerCount) ?? 1,
            },
        };
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
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Rope = spec.UnturnedLayers[layer] ? -1 : 0, NormsTurned = !spec.UnturnedLayers[layer], Untempered = !spec.UnturnedLayers[layer] }), LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "ffn_norm"),
        };
}
