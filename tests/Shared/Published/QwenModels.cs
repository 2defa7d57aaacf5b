#nullable enable

namespace Exo.Testing.Published;

/// <summary>Qwen 1.5 and 2 with experts, Qwen 3 Next, Qwen 3.5.</summary>
internal static class QwenModels
{
    private const string Mixture = """
        "architectures": ["Qwen2MoeForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "decoder_sparse_step": 1, "eos_token_id": 151643, "hidden_act": "silu",
        "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 48, "max_position_embeddings": 512, "max_window_layers": 3, "model_type": "qwen2_moe",
        "moe_intermediate_size": 12, "norm_topk_prob": false, "num_attention_heads": 4, "num_experts": 8, "num_experts_per_tok": 3, "num_hidden_layers": 3,
        "num_key_value_heads": 2, "output_router_logits": false, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "router_aux_loss_coef": 0.001,
        "shared_expert_intermediate_size": 24, "sliding_window": 32768, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "use_sliding_window": false,
        "vocab_size": 128
        """;

    private const string Delta = """
        "attention_bias": false, "attention_dropout": 0.0, "full_attention_interval": 4, "head_dim": 16, "hidden_act": "silu", "hidden_size": 48, "initializer_range": 0.02,
        "linear_conv_kernel_dim": 4, "linear_key_head_dim": 16, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_value_head_dim": 16, "max_position_embeddings": 512,
        "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-05, "use_cache": true, "vocab_size": 96
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("qwen2moe", "qwen2moe", $$"""{{{Mixture}}}""", folder => FillMixture(folder, together: false)) { SameBits = true },
        new("qwen2moe-together", "qwen2moe", $$"""{{{Mixture}}}""", folder => FillMixture(folder, together: true)) { SameBits = true },
        new("qwen2moe-mlx", "qwen2moe", $$"""{{{Mixture}}}""", folder => FillMixture(folder, together: false, mlx: true)) { SameBits = true },
        new("qwen3next", "qwen3next", $$"""
            {
              "architectures": ["Qwen3NextForCausalLM"], "model_type": "qwen3_next", "decoder_sparse_step": 1, "intermediate_size": 48, "mlp_only_layers": [], "moe_intermediate_size": 10,
              "norm_topk_prob": true, "num_experts": 5, "num_experts_per_tok": 2, "output_router_logits": false, "partial_rotary_factor": 0.5, "rope_scaling": null, "rope_theta": 1000000,
              "shared_expert_intermediate_size": 12, "tie_word_embeddings": false, {{Delta}}
            }
            """, FillNext) { Limit = 1e-8 },
        new("qwen35", "qwen35", $$"""
            {
              "architectures": ["Qwen3_5ForConditionalGeneration"], "model_type": "qwen3_5", "image_token_id": 90, "tie_word_embeddings": false, "vision_start_token_id": 91,
              "text_config": {
                "model_type": "qwen3_5_text", "attn_output_gate": true, "intermediate_size": 48, "mtp_num_hidden_layers": 1,
                "layer_types": ["linear_attention", "linear_attention", "linear_attention", "full_attention"],
                "rope_parameters": {"mrope_interleaved": true, "mrope_section": [2, 1, 1], "partial_rotary_factor": 0.5, "rope_theta": 1000000, "rope_type": "default"}, {{Delta}}
              },
              "vision_config": {"depth": 1, "hidden_size": 16, "model_type": "qwen3_5"}
            }
            """, FillDense) { Limit = 1e-8, Warnings = ["2 tensors belong to other parts of the model"] },
        new("qwen35-mlx", "qwen35", $$"""
            {
              "architectures": ["Qwen3_5ForCausalLM"], "model_type": "qwen3_5_text", "intermediate_size": 48, "tie_word_embeddings": false,
              "rope_parameters": {"partial_rotary_factor": 0.5, "rope_theta": 1000000, "rope_type": "default"}, {{Delta}}
            }
            """, FillMlx) { Limit = 1e-8 },
    ];

    private static void FillMixture(PublishedFolder folder, bool together, bool mlx = false)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            PutExperts(folder, layer, together, mlx);
        }
    }

    private static void PutExperts(PublishedFolder folder, int layer, bool together, bool mlx = false)
    {
        (string from, string to) = ($"blk.{layer}.", $"model.layers.{layer}.mlp.");
        folder.Rename(
            (from + "ffn_gate_inp", to + "gate"),
            (from + "ffn_gate_shexp", to + "shared_expert.gate_proj"),
            (from + "ffn_up_shexp", to + "shared_expert.up_proj"),
            (from + "ffn_down_shexp", to + "shared_expert.down_proj"));
        FloatTensor gate = folder[from + "ffn_gate_inp_shexp.weight"];
        folder.Put(to + "shared_expert_gate.weight", gate with { Shape = [1, gate.Shape[0]] });
        if (mlx)
        {
            folder.Rename((from + "ffn_gate_exps", to + "switch_mlp.gate_proj"), (from + "ffn_up_exps", to + "switch_mlp.up_proj"), (from + "ffn_down_exps", to + "switch_mlp.down_proj"));
            return;
        }

        if (!together)
        {
            folder.PutExperts(from + "ffn_gate_exps.weight", to + "experts.{e}.gate_proj.weight");
            folder.PutExperts(from + "ffn_up_exps.weight", to + "experts.{e}.up_proj.weight");
            folder.PutExperts(from + "ffn_down_exps.weight", to + "experts.{e}.down_proj.weight");
            return;
        }

        folder.Put(to + "experts.gate_up_proj", folder[from + "ffn_gate_exps.weight"].Over(folder[from + "ffn_up_exps.weight"]));
        folder.Put(to + "experts.down_proj", folder[from + "ffn_down_exps.weight"]);
    }

    /// <summary>What both families have: norms less 1, attention, the small tensors of the delta rule.</summary>
    private static void FillShared(PublishedFolder folder, string prefix, float less)
    {
        folder.Put(prefix + "embed_tokens.weight", folder["token_embd.weight"]);
        folder.Put(prefix + "norm.weight", folder["output_norm.weight"].Less(less));
        folder.Put("lm_head.weight", folder["output.weight"]);
        folder.RenameLayers(
            prefix + "layers.",
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ssm_norm", "linear_attn.norm"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"{prefix}layers.{layer}.");
            foreach ((string gguf, string name) in new[] { ("attn_norm", "input_layernorm"), ("post_attention_norm", "post_attention_layernorm"), ("attn_q_norm", "self_attn.q_norm"), ("attn_k_norm", "self_attn.k_norm") })
            {
                if (folder.Has($"{from}{gguf}.weight"))
                {
                    folder.Put($"{to}{name}.weight", folder[$"{from}{gguf}.weight"].Less(less));
                }
            }
        }
    }

    private static FloatTensor Logarithms(FloatTensor decay) => decay with { Data = Array.ConvertAll(decay.Data, value => MathF.Log(-value)) };

    /// <summary>Queries, keys, values and gates of each key head follow each other.</summary>
    private static void FillNext(PublishedFolder folder)
    {
        const int KeyHeads = 2;
        const int Size = 16;
        FillShared(folder, "model.", less: 1);
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"model.layers.{layer}.linear_attn.");
            PutExperts(folder, layer, together: false);
            if (!folder.Has(from + "ssm_a"))
            {
                continue;
            }

            FloatTensor qkv = folder[from + "attn_qkv.weight"];
            FloatTensor z = folder[from + "attn_gate.weight"];
            folder.Put(to + "in_proj_qkvz.weight", FloatTensor.Above([.. Enumerable.Range(0, KeyHeads).SelectMany(head => new[]
            {
                qkv.Rows(head * Size, Size),
                qkv.Rows((KeyHeads + head) * Size, Size),
                qkv.Rows(((2 * KeyHeads) + (2 * head)) * Size, 2 * Size),
                z.Rows(2 * head * Size, 2 * Size),
            })]));
            FloatTensor convolution = folder[from + "ssm_conv1d.weight"];
            folder.Put(to + "conv1d.weight", convolution with { Shape = [convolution.Shape[0], 1, convolution.Shape[1]] });
            folder.Put(to + "in_proj_ba.weight", folder[from + "ssm_ba.weight"]);
            folder.Put(to + "A_log", Logarithms(folder[from + "ssm_a"]));
            folder.Put(to + "dt_bias", folder[from + "ssm_dt.bias"]);
            folder.Put(to + "out_proj.weight", folder[from + "ssm_out.weight"]);
        }
    }

    private static void FillDense(PublishedFolder folder)
    {
        FillDense(folder, "model.language_model.", less: 1, mlx: false);
        folder.Put("model.visual.blocks.0.norm1.weight", folder["output_norm.weight"]);
        folder.Put("mtp.norm.weight", folder["output_norm.weight"]);
    }

    private static void FillMlx(PublishedFolder folder) => FillDense(folder, "model.", less: 0, mlx: true);

    /// <summary>Heads that share a key head are neighbours; in GGUF files they take key heads in turn.</summary>
    private static void FillDense(PublishedFolder folder, string prefix, float less, bool mlx)
    {
        const int Size = 16;
        const int Keys = 4 * Size;
        FillShared(folder, prefix, less);
        folder.RenameLayers(prefix + "layers.", ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            (string from, string to) = ($"blk.{layer}.", $"{prefix}layers.{layer}.linear_attn.");
            if (!folder.Has(from + "ssm_a"))
            {
                continue;
            }

            FloatTensor qkv = folder[from + "attn_qkv.weight"];
            folder.Put(to + "in_proj_qkv.weight", FloatTensor.Above(qkv.Rows(0, Keys), Neighbours(qkv.Rows(Keys, 4 * Size), Size)));
            folder.Put(to + "in_proj_z.weight", Neighbours(folder[from + "attn_gate.weight"], Size));
            folder.Put(to + "in_proj_b.weight", Neighbours(folder[from + "ssm_beta.weight"], 1));
            folder.Put(to + "in_proj_a.weight", Neighbours(folder[from + "ssm_alpha.weight"], 1));
            folder.Put(to + "A_log", Logarithms(Neighbours(folder[from + "ssm_a"], 1)));
            folder.Put(to + "dt_bias", Neighbours(folder[from + "ssm_dt.bias"], 1));
            folder.Put(to + "out_proj.weight", Neighbours(folder[from + "ssm_out.weight"].Turned(), Size).Turned());
            FloatTensor convolution = folder[from + "ssm_conv1d.weight"];
            FloatTensor ordered = FloatTensor.Above(convolution.Rows(0, Keys), Neighbours(convolution.Rows(Keys, 4 * Size), Size));
            folder.Put(to + "conv1d.weight", ordered with { Shape = mlx ? [ordered.Shape[0], 4, 1] : [ordered.Shape[0], 1, 4] });
        }
    }

    /// <summary>Four heads that take two key heads in turn, in the order in which neighbours share one.</summary>
    private static FloatTensor Neighbours(FloatTensor rows, int size) =>
        FloatTensor.Above([.. new[] { 0, 2, 1, 3 }.Select(head => rows.Rows(head * size, size))]);
}
