using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Ministral 3 (Mistral, 2025): Llama's layer with YaRN and queries that grow with their position:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Mistral3 : ModelArchitecture
{
    public override string Name => "mistral3";

    public override IReadOnlyList<string> FolderTypes => [];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true);
        int period = metadata.GetInt(reader.Key("rope.scaling.original_context_length"), 1, int.MaxValue) ?? spec.ContextLength;
        return reader.OptionalPositive("attention.temperature_scale") is { } scale ? spec with { Temperature = new AttentionTemperature(scale, period, Offset: 0) } : spec;
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        throw config.Refuse("model_type", "is an architecture that is read from GGUF files only. Choose a GGUF file of the model.");

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
