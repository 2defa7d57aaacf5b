using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>
/// MiniCPM 3 (OpenBMB, 2024; arXiv 2404.06395): latent attention and LongRoPE; embeddings times 12, residuals times 1.4/√layers, logits times 256/size, which files do not say:
/// h += r · attention(norm(h)); h += r · feedForward(norm(h)).
/// </summary>
internal sealed class MiniCpm3 : SequentialArchitecture
{
    private const int LargestSize = 1 << 24;

    public override string Name => "minicpm3";

    public override IReadOnlyList<string> FolderTypes => ["minicpm3"];

    public override IReadOnlyDictionary<string, string> FolderNames { get; } = new Dictionary<string, string>
    {
        ["attn_q_a"] = "self_attn.q_a_proj",
        ["attn_q_a_norm"] = "self_attn.q_a_layernorm",
        ["attn_q_b"] = "self_attn.q_b_proj",
        ["attn_kv_a_mqa"] = "self_attn.kv_a_proj_with_mqa",
        ["attn_kv_a_norm"] = "self_attn.kv_a_layernorm",
        ["attn_kv_b"] = "self_attn.kv_b_proj",
    };

    public override ModelSpec Read(GgufMetadata metadata, ModelTensors tensors)
    {
        GgufSpecReader reader = new(metadata, tensors, Name);
        int keySize = metadata.RequireInt(reader.Key("attention.key_length"), 2, LargestSize);
        int turned = metadata.RequireInt(reader.Key("rope.dimension_count"), 2, keySize - 1);
        ModelSpec spec = reader.Read(adjacentPairs: false, sizeOfHead: keySize);
        return spec with
        {
            EmbeddingScale = 12,
            ResidualScale = (float)(1.4 / Math.Sqrt(spec.LayerCount)),
            LogitScale = 256f / spec.EmbeddingSize,
            Latent = new LatentSpec(
                metadata.RequireInt(reader.Key("attention.q_lora_rank"), 1, LargestSize),
                metadata.RequireInt(reader.Key("attention.kv_lora_rank"), 1, LargestSize),
                keySize - turned,
                turned,
                metadata.GetInt(reader.Key("attention.value_length"), 1, LargestSize) ?? spec.EmbeddingSize / spec.HeadCount),
        };
    }

    public override ModelSpec Read(FolderConfig config, ModelTensors tensors)
    {
        config = config.WithDefaults("""
            {"qk_nope_head_dim": 64, "qk_rope_head_dim": 32, "q_lora_rank": 768, "kv_lora_rank": 256, "scale_emb": 1, "scale_depth": 1, "dim_model_base": 1, "rms_norm_eps": 1e-6}
            """);
        int unturned = config.RequireInt("qk_nope_head_dim", 1, LargestSize);
        int turned = config.RequireInt("qk_rope_head_dim", 2, LargestSize);
        ModelSpec spec = new FolderSpecReader(config, tensors, Name).Read(tied: true, sizeOfHead: unturned + turned, turned: turned);
        return spec with
        {
            EmbeddingScale = (float)config.RequirePositive("scale_emb"),
            ResidualScale = (float)(config.RequirePositive("scale_depth") / Math.Sqrt(spec.LayerCount)),
            LogitScale = (float)(config.RequirePositive("dim_model_base") / spec.EmbeddingSize),
            Latent = new LatentSpec(
                config.Int("q_lora_rank", 1, LargestSize) ?? 0,
                config.RequireInt("kv_lora_rank", 1, LargestSize),
                unturned,
                turned,
                config.Int("v_head_dim", 1, LargestSize) ?? spec.EmbeddingSize / spec.HeadCount),
        };
    }

    protected override IEnumerable<TensorNeed> AttentionNeeds(ModelSpec spec, int layer) => LatentAttention.Needs(spec, layer + 1, Prefix(layer));

    protected override Attention LoadAttention(ModelSpec spec, WeightLoader weights, int layer) => new LatentAttention(spec, weights, Prefix(layer));
}
