#nullable enable

namespace Exo.Testing.Published;

/// <summary>MiniCPM 3.</summary>
internal static class MiniCpmModels
{
    public static IEnumerable<PublishedModel> All =>
    [
        new("minicpm3", "minicpm3", """
            {
              "_name_or_path": "openbmb/CPM-2B", "architectures": ["MiniCPM3ForCausalLM"],
              "auto_map": {"AutoConfig": "configuration_minicpm.MiniCPM3Config", "AutoModelForCausalLM": "modeling_minicpm.MiniCPM3ForCausalLM"},
              "bos_token_id": 1, "eos_token_id": [2, 73440], "hidden_act": "silu", "initializer_range": 0.1, "hidden_size": 48, "num_hidden_layers": 3, "intermediate_size": 64,
              "max_position_embeddings": 512, "model_type": "minicpm3", "num_attention_heads": 4, "num_key_value_heads": 4, "qk_nope_head_dim": 12, "qk_rope_head_dim": 8,
              "q_lora_rank": 20, "kv_lora_rank": 24, "rms_norm_eps": 1e-05,
              "rope_scaling": {
                "type": "longrope", "long_factor": [1.100000023841858, 2.0999999046325684, 5.099999904632568, 10.100000381469727],
                "short_factor": [1.0, 1.2000000476837158, 1.399999976158142, 1.600000023841858], "original_max_position_embeddings": 512
              },
              "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128, "scale_emb": 12, "dim_model_base": 256, "scale_depth": 1.4
            }
            """, Fill) { SameBits = true, Warnings = ["auto_map"] },
    ];

    private static void Fill(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q_a", "self_attn.q_a_proj"),
            ("attn_q_a_norm", "self_attn.q_a_layernorm"),
            ("attn_q_b", "self_attn.q_b_proj"),
            ("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"),
            ("attn_kv_a_norm", "self_attn.kv_a_layernorm"),
            ("attn_kv_b", "self_attn.kv_b_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"));
    }
}
