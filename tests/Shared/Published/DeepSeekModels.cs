#nullable enable

namespace Exo.Testing.Published;

/// <summary>DeepSeek MoE, the first one.</summary>
internal static class DeepSeekModels
{
    private const string Config = """
        "architectures": ["DeepseekForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
        "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekConfig", "AutoModelForCausalLM": "modeling_deepseek.DeepseekForCausalLM"},
        "aux_loss_alpha": 0.001, "bos_token_id": 100000, "eos_token_id": 100001, "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 48,
        "initializer_range": 0.02, "intermediate_size": 64, "max_position_embeddings": 512, "model_type": "deepseek", "moe_intermediate_size": 12, "moe_layer_freq": 1,
        "n_routed_experts": 8, "n_shared_experts": 2, "norm_topk_prob": false, "num_attention_heads": 4, "num_experts_per_tok": 3, "num_hidden_layers": 3,
        "num_key_value_heads": 4, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000, "scoring_func": "softmax", "seq_aux": true,
        "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("deepseek", "deepseek", $$"""{{{Config}}}""", folder => Fill(folder, mlx: false)) { Warnings = ["auto_map"] },
        new("deepseek-mlx", "deepseek", $$"""{{{Config}}}""", folder => Fill(folder, mlx: true)) { Warnings = ["auto_map"] },
    ];

    private static void Fill(PublishedFolder folder, bool mlx)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"));
        folder.PutHalfPairs("model.layers.");
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"),
            ("ffn_gate_inp", "mlp.gate"),
            ("ffn_gate_shexp", "mlp.shared_experts.gate_proj"),
            ("ffn_up_shexp", "mlp.shared_experts.up_proj"),
            ("ffn_down_shexp", "mlp.shared_experts.down_proj"));
        for (int layer = 1; layer < folder.Layers; layer++)
        {
            foreach (string part in new[] { "gate", "up", "down" })
            {
                if (mlx)
                {
                    folder.Rename(($"blk.{layer}.ffn_{part}_exps", $"model.layers.{layer}.mlp.switch_mlp.{part}_proj"));
                    continue;
                }

                folder.PutExperts($"blk.{layer}.ffn_{part}_exps.weight", $"model.layers.{layer}.mlp.experts.{{e}}.{part}_proj.weight");
            }
        }
    }
}
