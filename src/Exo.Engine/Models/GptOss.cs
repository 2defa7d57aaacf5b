using Exo.Engine.Gguf;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Models;

/// <summary>
/// gpt-oss (arXiv 2508.10925): every second layer, from the first on, slides; a sink in each head's softmax; softmax over the chosen experts, a clamped gate; biases everywhere:
/// h += attention(norm(h)); h += mixture(norm(h)).
/// </summary>
internal sealed class GptOss : ModelArchitecture
{
    public override string Name => "gpt-oss";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.WithWindow(reader.Read(adjacentPairs: false, experts: true), layer => layer % 2 == 0);
        ExpertSpec experts = reader.Experts(spec) ?? throw metadata.Missing(reader.Key("expert_count"));
        return spec with { Experts = experts with { Scoring = ExpertScoring.SoftmaxOfChosen, Activation = ExpertActivation.ClampedSwiGlu } };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

    public override IEnumerable<TensorNeed> LayerNeeds(ModelSpec spec, int layer) =>
    [
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "attn_norm"),
        .. SelfAttention.Needs(spec, layer + 1, Prefix(layer), sinks: true),
        .. BlockNorm.Needs(spec, layer + 1, Prefix(layer) + "post_attention_norm"),
        .. FeedForwardNeeds(spec, layer),
    ];

    public override ModelLayer Load(ModelSpec spec, WeightLoader weights, int layer) =>
        new SequentialLayer(spec, new SelfAttention(spec, weights, Prefix(layer), new AttentionOptions { Sinks = true, Window = spec.WindowOf(layer) }), LoadFeedForward(spec, weights, layer))
        {
            BeforeAttention = new BlockNorm(spec, weights, Prefix(layer) + "attn_norm"),
            BeforeFeedForward = new BlockNorm(spec, weights, Prefix(layer) + "post_attention_norm"),
        };
}
