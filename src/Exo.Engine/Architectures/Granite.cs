using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Granite 3 (IBM, 2024): Llama's layer with factors of the embedding, the residuals, the scores, and a divisor of the logits:
/// h += r · attention(norm(h)); h += r · feedForward(norm(h)).
/// </summary>
internal sealed class Granite : SequentialArchitecture
{
    public override string Name => "granite";

    public override IReadOnlyList<string> FolderTypes => ["granite"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = Scaled(reader, reader.Read(adjacentPairs: true, experts: true));
        spec = spec with { Experts = GraniteMoe.Mixture(metadata, reader, spec) };

        // Models without positions say that their rotation was not trained.
        return metadata.GetBool(reader.Key("rope.scaling.finetuned")) == false ? spec with { UnturnedLayers = [.. Enumerable.Repeat(true, spec.LayerCount)] } : spec;
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        Scaled(config, new FolderSpecReader(config, tensors, Name).Read());

    protected override AttentionOptions AttentionOf(ModelSpec spec, int layer) => new() { Rope = spec.UnturnedLayers.IsEmpty || !spec.UnturnedLayers[layer] ? 0 : -1 };

    /// <summary>The family's four factors.</summary>
    public static ModelSpec Scaled(GgufSpecReader reader, ModelSpec spec) => spec with
    {
        EmbeddingScale = (float)(reader.OptionalFactor("embedding_scale") ?? 1),
        ResidualScale = (float)(reader.OptionalFactor("residual_scale") ?? 1),
        AttentionScale = (float)(reader.OptionalFactor("attention.scale") ?? spec.AttentionScale),
        LogitScale = (float)(1 / (reader.OptionalPositive("logit_scale") ?? 1)),
    };

    /// <summary>The same of a folder.</summary>
    public static ModelSpec Scaled(FolderConfig config, ModelSpec spec) => spec with
    {
        EmbeddingScale = (float)(config.Positive("embedding_multiplier") ?? 1),
        ResidualScale = (float)(config.Positive("residual_multiplier") ?? 1),
        AttentionScale = (float)(config.Positive("attention_multiplier") ?? spec.AttentionScale),
        LogitScale = (float)(1 / (config.Positive("logits_scaling") ?? 1)),
    };
}
