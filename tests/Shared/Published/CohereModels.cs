#nullable enable

namespace Exo.Testing.Published;

/// <summary>Command R, R7B and A.</summary>
internal static class CohereModels
{
    private const string Layers = "model.layers.";

    public static IEnumerable<PublishedModel> All =>
    [
        new("command-r", "command-r", """
            {
              "architectures": ["CohereForCausalLM"], "model_type": "cohere", "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 5, "eos_token_id": 255001,
              "hidden_act": "silu", "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-05, "logit_scale": 0.5,
              "max_position_embeddings": 256, "model_max_length": 512, "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2, "pad_token_id": 0,
              "rope_theta": 10000.0, "torch_dtype": "float16", "use_cache": true, "use_qk_norm": false, "vocab_size": 128
            }
            """, Fill) { SameBits = true },
        new("cohere2", "cohere2", """
            {
              "architectures": ["Cohere2ForCausalLM"], "model_type": "cohere2", "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 5, "cache_implementation": "hybrid",
              "eos_token_id": 255001, "head_dim": 12, "hidden_act": "silu", "hidden_size": 48, "intermediate_size": 72, "layer_norm_eps": 1e-05, "logit_scale": 0.5,
              "max_position_embeddings": 512, "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 2, "order_of_interleaved_layers": "local_attn_first",
              "position_embedding_type": "rope_gptj", "rope_scaling": null, "rope_theta": 10000, "rotary_pct": 1.0, "sliding_window": 6, "sliding_window_pattern": 4,
              "torch_dtype": "bfloat16", "use_embedding_sharing": true, "use_gated_activation": true, "use_parallel_block": true, "vocab_size": 128
            }
            """, Fill) { SameBits = true },
        new("cohere2-layer-types", "cohere2", """
            {
              "architectures": ["Cohere2ForCausalLM"], "model_type": "cohere2", "hidden_act": "silu", "hidden_size": 48, "intermediate_size": 72, "logit_scale": 0.5,
              "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"], "max_position_embeddings": 512, "num_attention_heads": 4,
              "num_hidden_layers": 4, "num_key_value_heads": 2, "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "sliding_window": 6, "tie_word_embeddings": true, "vocab_size": 128
            }
            """, Fill) { SameBits = true },
    ];

    /// <summary>Rotated pairs are adjacent in folders too: only names differ.</summary>
    private static void Fill(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"));
        folder.RenameLayers(
            Layers,
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"));
    }
}
