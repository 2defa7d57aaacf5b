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
        return Scaled(reader, reader.Read(adjacentPairs: true));
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors) =>
        Scaled(config, new FolderSpecReader(config, tensors, Name).Read());

    /// <summary>The family's four factors.</summary>
    public static ModelSpec Scaled(GgufSpecReader reader, ModelSpec spec) => spec with
    {
        EmbeddingScale = (float)(reader.OptionalPositive("embedding_scale") ?? 1),
        ResidualScale = (float)(reader.OptionalPositive("residual_scale") ?? 1),
        AttentionScale = (float)(reader.OptionalPositive("attention.scale") ?? spec.AttentionScale),
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
