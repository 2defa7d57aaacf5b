#nullable enable

namespace Exo.Testing.Published;

/// <summary>StableLM 2, 3B and 12B; Granite 3 with experts; Mamba.</summary>
internal static class GatedModels
{
    private const string Granite = """
        "attention_bias": false, "attention_dropout": 0.0, "attention_multiplier": 0.15, "bos_token_id": 0, "embedding_multiplier": 3.0, "eos_token_id": 0, "hidden_act": "silu",
        "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 24, "logits_scaling": 1.5, "max_position_embeddings": 512, "num_attention_heads": 4,
        "num_experts_per_tok": 2, "num_hidden_layers": 3, "num_key_value_heads": 2, "num_local_experts": 4, "output_router_logits": false, "residual_multiplier": 0.6,
        "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "router_aux_loss_coef": 0.001, "shared_intermediate_size": 20, "torch_dtype": "bfloat16",
        "use_cache": true, "vocab_size": 128
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("stablelm", "stablelm", """
            {
              "architectures": ["StableLmForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 100257, "eos_token_id": 100257, "hidden_act": "silu", "hidden_dropout": 0.0,
              "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 512, "model_type": "stablelm",
              "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2, "partial_rotary_factor": 0.34, "qk_layernorm": false, "rope_scaling": null,
              "rope_theta": 10000, "tie_word_embeddings": false, "torch_dtype": "float16", "use_cache": true, "use_parallel_residual": false, "use_qkv_bias": true, "vocab_size": 128
            }
            """, FillStableLm) { SameBits = true },
        new("stablelm-12b", "stablelm-12b", """
            {
              "architectures": ["StableLmForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 100257, "eos_token_id": 100257, "hidden_act": "silu", "hidden_dropout": 0.0,
              "hidden_size": 48, "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 512, "model_type": "stablelm", "num_attention_heads": 4,
              "num_hidden_layers": 2, "num_key_value_heads": 2, "qk_layernorm": true, "rope_parameters": {"partial_rotary_factor": 0.34, "rope_theta": 10000, "rope_type": "default"},
              "tie_word_embeddings": false, "use_parallel_residual": true, "use_qkv_bias": false, "vocab_size": 128
            }
            """, FillStableLm) { SameBits = true },
        new("granitemoe", "granitemoe", $$"""{"architectures": ["GraniteMoeSharedForCausalLM"], "model_type": "granitemoeshared", "tie_word_embeddings": true, {{Granite}}}""", folder => FillGranite(folder, mlx: false)),
        new("granitemoe-mlx", "granitemoe", $$"""{"architectures": ["GraniteMoeSharedForCausalLM"], "model_type": "granitemoe", "tie_word_embeddings": true, {{Granite}}}""", folder => FillGranite(folder, mlx: true)),
        new("mamba", "mamba", """
            {
              "architectures": ["MambaForCausalLM"], "bos_token_id": 0, "conv_kernel": 4, "d_inner": 96, "d_model": 48, "eos_token_id": 0, "expand": 2, "fused_add_norm": true,
              "hidden_act": "silu", "hidden_size": 48, "initializer_range": 0.1, "intermediate_size": 96, "layer_norm_epsilon": 1e-05, "model_type": "mamba", "n_layer": 3,
              "num_hidden_layers": 3, "pad_token_id": 0, "pad_vocab_size_multiple": 8, "rescale_prenorm_residual": false, "residual_in_fp32": true, "rms_norm": true, "ssm_cfg": {},
              "state_size": 8, "time_step_init_scheme": "random", "time_step_max": 0.1, "time_step_min": 0.001, "time_step_rank": 4, "time_step_scale": 1.0, "torch_dtype": "float32",
              "use_bias": false, "use_cache": true, "use_conv_bias": true, "vocab_size": 128
            }
            """, FillMamba) { Limit = 1e-8 },
    ];

    private static void FillStableLm(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"));
        for (int layer = 0; layer < folder.Layers && folder.Has("blk.0.attn_q_norm.weight"); layer++)
        {
            folder.PutExperts($"blk.{layer}.attn_q_norm.weight", $"model.layers.{layer}.self_attn.q_layernorm.norms.{{e}}.weight");
            folder.PutExperts($"blk.{layer}.attn_k_norm.weight", $"model.layers.{layer}.self_attn.k_layernorm.norms.{{e}}.weight");
        }
    }

    /// <summary>Gate above up in one matrix; MLX takes that of the experts apart.</summary>
    private static void FillGranite(PublishedFolder folder, bool mlx)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"));
        folder.PutHalfPairs("model.layers.");
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate_inp", "block_sparse_moe.router.layer"),
            ("ffn_down_exps", mlx ? "block_sparse_moe.switch_mlp.down_proj" : "block_sparse_moe.output_linear"),
            ("ffn_down_shexp", "shared_mlp.output_linear"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"model.layers.{layer}.");
            folder.Put(to + "shared_mlp.input_linear.weight", FloatTensor.Above(folder[from + "ffn_gate_shexp.weight"], folder[from + "ffn_up_shexp.weight"]));
            if (mlx)
            {
                folder.Rename((from + "ffn_gate_exps", to + "block_sparse_moe.switch_mlp.gate_proj"), (from + "ffn_up_exps", to + "block_sparse_moe.switch_mlp.up_proj"));
            }
            else
            {
                folder.Put(to + "block_sparse_moe.input_linear.weight", folder[from + "ffn_gate_exps.weight"].Over(folder[from + "ffn_up_exps.weight"]));
            }
        }
    }

    private static void FillMamba(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "backbone.embeddings"), ("output_norm", "backbone.norm_f"));
        folder.RenameLayers(
            "backbone.layers.",
            ("attn_norm", "norm"),
            ("ssm_in", "mixer.in_proj"),
            ("ssm_x", "mixer.x_proj"),
            ("ssm_dt", "mixer.dt_proj"),
            ("ssm_out", "mixer.out_proj"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"backbone.layers.{layer}.mixer.");
            FloatTensor decay = folder[from + "ssm_a"];
            FloatTensor convolution = folder[from + "ssm_conv1d.weight"];
            folder.Put(to + "A_log", decay with { Data = Array.ConvertAll(decay.Data, value => MathF.Log(-value)) });
            folder.Put(to + "D", folder[from + "ssm_d"]);
            folder.Put(to + "conv1d.weight", convolution with { Shape = [convolution.Shape[0], 1, convolution.Shape[1]] });
            folder.Put(to + "conv1d.bias", folder[from + "ssm_conv1d.bias"]);
        }
    }
}
