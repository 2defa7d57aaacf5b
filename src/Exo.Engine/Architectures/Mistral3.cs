using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// Ministral 3 (Mistral, 2025): Llama's layer with YaRN and queries that grow with their position:
/// h += attention(norm(h)); h += feedForward(norm(h)).
/// </summary>
internal sealed class Mistral3 : SequentialArchitecture
{
    public override string Name => "mistral3";

    public override IReadOnlyList<string> FolderTypes => ["ministral3"];

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        ModelSpec spec = reader.Read(adjacentPairs: true, experts: true);
        spec = spec with { Experts = reader.Experts(spec) is { } experts ? experts with { Renormalise = true } : null };
        int period = metadata.GetInt(reader.Key("rope.scaling.original_context_length"), 1, int.MaxValue) ?? spec.ContextLength;
        return reader.OptionalFactor("attention.temperature_scale") is { } scale ? spec with { Temperature = new AttentionTemperature(scale, period, Offset: 0) } : spec;
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        const string Rope = "rope_parameters";
        config = config.WithDefaults("""
            {
              "vocab_size": 131072, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 34, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
              "max_position_embeddings": 262144, "rms_norm_eps": 1e-5,
              "rope_parameters": {
                "rope_type": "yarn", "rope_theta": 1000000, "factor": 16, "original_max_position_embeddings": 16384, "beta_fast": 32, "beta_slow": 1, "mscale": 1, "mscale_all_dim": 1,
                "llama_4_scaling_beta": 0.1
              }
            }
            """);
        ModelSpec spec = new FolderSpecReader(config, tensors, Name).Read() with { SlidingWindow = config.Int("sliding_window", 1, int.MaxValue) ?? 0 };
        FolderConfig rope = config.Object(Rope) ?? throw config.Missing(Rope);
        int period = rope.Int("original_max_position_embeddings", 1, int.MaxValue) ?? spec.ContextLength;
        return rope.Positive("llama_4_scaling_beta") is { } scale ? spec with { Temperature = new AttentionTemperature(scale, period, Offset: 0) } : spec;
    }
}
