#nullable enable

namespace Exo.Testing.Published;

/// <summary>DeepSeek V2 Lite and V3: as DeepSeek publishes them, and as MLX saves V3, with the matrices of each head apart and the experts of a layer together.</summary>
internal static class LatentModels
{
    private const string Common = """
        "attention_bias": false, "attention_dropout": 0.0, "aux_loss_alpha": 0.001, "bos_token_id": 0, "eos_token_id": 1, "first_k_dense_replace": 1, "hidden_act": "silu",
        "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "kv_lora_rank": 24, "max_position_embeddings": 512, "moe_intermediate_size": 12, "moe_layer_freq": 1,
        "n_routed_experts": 8, "num_attention_heads": 4, "num_experts_per_tok": 3, "num_hidden_layers": 3, "num_key_value_heads": 4, "pretraining_tp": 1, "qk_nope_head_dim": 12,
        "qk_rope_head_dim": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000, "seq_aux": true, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true,
        "v_head_dim": 10, "vocab_size": 128
        """;

    private const string Third = $$"""
        {
          "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "ep_size": 1, "n_group": 4, "n_shared_experts": 1, "norm_topk_prob": true,
          "num_nextn_predict_layers": 1, "q_lora_rank": 20, "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "topk_group": 2, "topk_method": "noaux_tc",
          "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 8, "mscale": 1.0, "mscale_all_dim": 1.0, "original_max_position_embeddings": 16, "type": "yarn"}, {{Common}}
        }
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("deepseek2-lite", "deepseek2-lite", $$"""
            {
              "architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2", "ep_size": 1, "n_group": 1, "n_shared_experts": 2, "norm_topk_prob": false, "q_lora_rank": null,
              "routed_scaling_factor": 1.0, "scoring_func": "softmax", "topk_group": 1, "topk_method": "greedy",
              "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 8, "mscale": 0.707, "mscale_all_dim": 0.707, "original_max_position_embeddings": 16, "type": "yarn"}, {{Common}}
            }
            """, folder => Fill(folder, mlx: false)),
        new("deepseek2-v3", "deepseek2-v3", Third, folder => Fill(folder, mlx: false)),
        new("deepseek2-v3-mlx", "deepseek2-v3", Third, folder => Fill(folder, mlx: true)),
    ];

    private static void Fill(PublishedFolder folder, bool mlx)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_q_a", "self_attn.q_a_proj"),
            ("attn_q_a_norm", "self_attn.q_a_layernorm"),
            ("attn_q_b", "self_attn.q_b_proj"),
            ("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"),
            ("attn_kv_a_norm", "self_attn.kv_a_layernorm"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"),
            ("ffn_gate_inp", "mlp.gate"),
            ("ffn_gate_shexp", "mlp.shared_experts.gate_proj"),
            ("ffn_up_shexp", "mlp.shared_experts.up_proj"),
            ("ffn_down_shexp", "mlp.shared_experts.down_proj"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"model.layers.{layer}.");
            (FloatTensor into, FloatTensor outOf) = (folder[from + "attn_k_b.weight"], folder[from + "attn_v_b.weight"]);
            if (mlx)
            {
                folder.Put(to + "self_attn.embed_q.weight", into);
                folder.Put(to + "self_attn.unembed_out.weight", outOf);
            }
            else
            {
                FloatTensor joined = into.Turned().Over(outOf);
                folder.Put(to + "self_attn.kv_b_proj.weight", joined with { Shape = [joined.Shape[0] * joined.Shape[1], joined.Shape[2]] });
            }

            PutExperts(folder, from, to + "mlp.", mlx);
        }
    }

    private static void PutExperts(PublishedFolder folder, string from, string to, bool mlx)
    {
        if (!folder.Has(from + "ffn_gate_inp.weight"))
        {
            return;
        }

        foreach (string part in new[] { "gate", "up", "down" })
        {
            if (mlx)
            {
                folder.Rename(($"{from}ffn_{part}_exps", $"{to}switch_mlp.{part}_proj"));
            }
            else
            {
                folder.PutExperts($"{from}ffn_{part}_exps.weight", $"{to}experts.{{e}}.{part}_proj.weight");
            }
        }

        if (folder.Has(from + "exp_probs_b.bias"))
        {
            folder.Put(to + "gate.e_score_correction_bias", folder[from + "exp_probs_b.bias"]);
        }
    }
}
