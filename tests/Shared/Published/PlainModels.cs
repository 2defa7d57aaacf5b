#nullable enable

namespace Exo.Testing.Published;

/// <summary>Families with norms by mean and variance and a feed-forward block without gate: GPT-2, StarCoder 2, Phi 1 to 2, Falcon.</summary>
internal static class PlainModels
{
    private const string Gpt2 = """
        "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256,
        "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 64, "n_embd": 48, "n_head": 4, "n_inner": 64, "n_layer": 3, "n_positions": 64,
        "resid_pdrop": 0.1, "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true,
        "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}, "vocab_size": 128
        """;

    private const string StarCoder = """
        "activation_function": "gelu", "architectures": ["Starcoder2ForCausalLM"], "attention_dropout": 0.1, "attention_softmax_in_fp32": true, "bos_token_id": 0,
        "embedding_dropout": 0.1, "eos_token_id": 0, "hidden_act": "gelu_pytorch_tanh", "hidden_size": 48, "initializer_range": 0.018042, "intermediate_size": 64,
        "layer_norm_epsilon": 1e-05, "max_position_embeddings": 512, "mlp_type": "default", "model_type": "starcoder2", "norm_epsilon": 1e-05, "norm_type": "layer_norm",
        "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2, "residual_dropout": 0.1, "rope_theta": 10000.0, "scale_attention_softmax_in_fp32": true,
        "scale_attn_weights": true, "sliding_window": 256, "use_bias": true, "use_cache": true, "vocab_size": 128
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("gpt2", "gpt2", $$"""{{{Gpt2}}}""", folder => FillGpt2(folder, "", turned: true)) { SameBits = true },
        new("gpt2-saved-again", "gpt2", $$"""{{{Gpt2}}}""", folder => FillGpt2(folder, "transformer.", turned: true)) { SameBits = true },
        new("gpt2-mlx", "gpt2", $$"""{{{Gpt2}}}""", folder => FillGpt2(folder, "", turned: false)) { SameBits = true },
        new("starcoder2", "starcoder2", $$"""{{{StarCoder}}}""", FillStarCoder) { SameBits = true },
        new("starcoder2-with-copy", "starcoder2", $$"""{{{StarCoder}}}""", folder => FillStarCoder(folder, "lm_head")) { SameBits = true },
        new("phi2", "phi2", """
            {
              "architectures": ["PhiForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 50256, "embd_pdrop": 0.0, "eos_token_id": 50256, "hidden_act": "gelu_new",
              "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 512, "model_type": "phi",
              "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 4, "partial_rotary_factor": 0.5, "qk_layernorm": false, "resid_pdrop": 0.1,
              "rope_scaling": null, "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "float16", "use_cache": true, "vocab_size": 128
            }
            """, FillPhi) { SameBits = true },
        new("phimoe", "phimoe", """
            {
              "architectures": ["PhiMoEForCausalLM"], "attention_bias": true, "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_dropout": 0.0,
              "hidden_size": 48, "initializer_range": 0.02, "input_jitter_noise": 0.01, "intermediate_size": 16, "lm_head_bias": true, "max_position_embeddings": 512,
              "model_type": "phimoe", "num_attention_heads": 4, "num_experts_per_tok": 2, "num_hidden_layers": 3, "num_key_value_heads": 2, "num_local_experts": 6,
              "original_max_position_embeddings": 512, "output_router_logits": false, "rms_norm_eps": 1e-05,
              "rope_scaling": {
                "long_factor": [1.1, 1.3, 1.6, 2, 2.5, 3], "long_mscale": 1.243163121016122, "original_max_position_embeddings": 512,
                "short_factor": [1, 1.02, 1.05, 1.1, 1.2, 1.25], "short_mscale": 1.243163121016122, "type": "longrope"
              },
              "rope_theta": 10000.0, "router_aux_loss_coef": 0.0, "router_jitter_noise": 0.2, "sliding_window": 131072, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
              "use_cache": true, "vocab_size": 128
            }
            """, FillPhiMoe) { Logits = "phimoe-published.logits.f32" },
        new("falcon", "falcon", """
            {
              "activation": "gelu", "alibi": false, "apply_residual_connection_post_layernorm": false, "architectures": ["FalconForCausalLM"], "attention_dropout": 0.0, "bias": false,
              "bos_token_id": 11, "eos_token_id": 11, "ffn_hidden_size": 64, "hidden_dropout": 0.0, "hidden_size": 48, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05,
              "model_type": "falcon", "multi_query": true, "new_decoder_architecture": false, "num_attention_heads": 4, "num_hidden_layers": 3, "num_kv_heads": 71,
              "parallel_attn": true, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128
            }
            """, folder => FillFalcon(folder, ("attn_norm", "input_layernorm"))) { Logits = "falcon-published.logits.f32" },
        new("falcon-40b", "falcon-40b", """
            {
              "alibi": false, "apply_residual_connection_post_layernorm": false, "architectures": ["FalconForCausalLM"], "attention_dropout": 0.0, "bias": false, "bos_token_id": 11,
              "eos_token_id": 11, "ffn_hidden_size": 64, "hidden_dropout": 0.0, "hidden_size": 48, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "falcon",
              "multi_query": true, "new_decoder_architecture": true, "num_attention_heads": 4, "num_hidden_layers": 3, "num_kv_heads": 2, "parallel_attn": true, "tie_word_embeddings": false,
              "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128
            }
            """, folder => FillFalcon(folder, ("attn_norm", "ln_mlp"), ("attn_norm_2", "ln_attn"))) { Logits = "falcon-40b-published.logits.f32" },
        new("falcon-40b-first-form", "falcon-40b", """
            {
              "alibi": false, "apply_residual_connection_post_layernorm": false, "architectures": ["RWForCausalLM"], "attention_dropout": 0.0, "bias": false, "ffn_hidden_size": 64,
              "hidden_dropout": 0.0, "hidden_size": 48, "layer_norm_epsilon": 1e-05, "model_type": "RefinedWeb", "n_head": 4, "n_head_kv": 2, "n_layer": 3, "parallel_attn": true, "tie_word_embeddings": false,
              "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128
            }
            """, folder => FillFalcon(folder, ("attn_norm", "ln_mlp"), ("attn_norm_2", "ln_attn"))) { Logits = "falcon-40b-published.logits.f32" },
    ];

    /// <summary>The family's matrices are [inputs, outputs]; MLX turns them. Masks lie beside them.</summary>
    private static void FillGpt2(PublishedFolder folder, string prefix, bool turned)
    {
        folder.Rename(("token_embd", prefix + "wte"), ("position_embd", prefix + "wpe"), ("output_norm", prefix + "ln_f"));
        folder.RenameLayers(prefix + "h.", ("attn_norm", "ln_1"), ("ffn_norm", "ln_2"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            folder.Put($"{prefix}h.{layer}.attn.bias", new FloatTensor(new float[64 * 64], [1, 1, 64, 64]));
            foreach ((string gguf, string name) in new[] { ("attn_qkv", "attn.c_attn"), ("attn_output", "attn.c_proj"), ("ffn_up", "mlp.c_fc"), ("ffn_down", "mlp.c_proj") })
            {
                FloatTensor matrix = folder[$"blk.{layer}.{gguf}.weight"];
                folder.Put($"{prefix}h.{layer}.{name}.weight", turned ? matrix.Turned() : matrix);
                folder.Put($"{prefix}h.{layer}.{name}.bias", folder[$"blk.{layer}.{gguf}.bias"]);
            }
        }
    }

    private static void FillStarCoder(PublishedFolder folder) => FillStarCoder(folder, null);

    /// <summary>Some folders hold the embedding a second time.</summary>
    private static void FillStarCoder(PublishedFolder folder, string? copy)
    {
        folder.Rename(copy is null ? [] : [("token_embd", copy)]);
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_up", "mlp.c_fc"),
            ("ffn_down", "mlp.c_proj"));
    }

    private static void FillPhi(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "model.embed_tokens"), ("output_norm", "model.final_layernorm"), ("output", "lm_head"));
        folder.RenameLayers("model.layers.", ("attn_norm", "input_layernorm"), ("attn_output", "self_attn.dense"), ("ffn_up", "mlp.fc1"), ("ffn_down", "mlp.fc2"));
        int width = folder.Heads * folder.HeadSize;
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            foreach (string end in new[] { "weight", "bias" })
            {
                FloatTensor all = folder[$"blk.{layer}.attn_qkv.{end}"];
                folder.Put($"model.layers.{layer}.self_attn.q_proj.{end}", all.Rows(0, width));
                folder.Put($"model.layers.{layer}.self_attn.k_proj.{end}", all.Rows(width, width));
                folder.Put($"model.layers.{layer}.self_attn.v_proj.{end}", all.Rows(2 * width, width));
            }
        }
    }

    private static void FillPhiMoe(PublishedFolder folder)
    {
        FillStarCoder(folder);
        folder.Rename(("output", "lm_head"));
        folder.RenameLayers("model.layers.", ("ffn_gate_inp", "block_sparse_moe.gate"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            foreach ((string part, string name) in new[] { ("gate", "w1"), ("up", "w3"), ("down", "w2") })
            {
                folder.PutExperts($"blk.{layer}.ffn_{part}_exps.weight", $"model.layers.{layer}.block_sparse_moe.experts.{{e}}.{name}.weight");
            }
        }
    }

    /// <summary>For each key-value head its queries, its key and its value.</summary>
    private static void FillFalcon(PublishedFolder folder, params (string Gguf, string Published)[] norms)
    {
        folder.Rename(("token_embd", "transformer.word_embeddings"), ("output_norm", "transformer.ln_f"), ("output", "lm_head"));
        folder.RenameLayers("transformer.h.", [("attn_output", "self_attention.dense"), ("ffn_up", "mlp.dense_h_to_4h"), ("ffn_down", "mlp.dense_4h_to_h"), .. norms]);
        (int size, int heads, int keyHeads) = (folder.HeadSize, folder.Heads, folder.KvHeads);
        int queries = heads / keyHeads * size;
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            FloatTensor all = folder[$"blk.{layer}.attn_qkv.weight"];
            folder.Put($"transformer.h.{layer}.self_attention.query_key_value.weight", FloatTensor.Above([.. Enumerable.Range(0, keyHeads).SelectMany(head => new[]
            {
                all.Rows(head * queries, queries),
                all.Rows((heads + head) * size, size),
                all.Rows((heads + keyHeads + head) * size, size),
            })]));
        }
    }
}
