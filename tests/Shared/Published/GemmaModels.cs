#nullable enable

namespace Exo.Testing.Published;

/// <summary>Gemma 1, and Gemma 3 as the language part of a model that sees.</summary>
internal static class GemmaModels
{
    public static IEnumerable<PublishedModel> All =>
    [
        new("gemma", "gemma", """
            {
              "architectures": ["GemmaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 2, "eos_token_id": 1, "head_dim": 16, "hidden_act": "gelu",
              "hidden_activation": null, "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 80, "max_position_embeddings": 512, "model_type": "gemma", "num_attention_heads": 4,
              "num_hidden_layers": 3, "num_key_value_heads": 1, "pad_token_id": 0, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "torch_dtype": "bfloat16", "vocab_size": 128
            }
            """, folder => Fill(folder, "model.")),
        new("gemma3", "gemma3", """
            {
              "architectures": ["Gemma3ForConditionalGeneration"], "boi_token_index": 255999, "eoi_token_index": 256000, "eos_token_id": [1, 106], "image_token_index": 262144,
              "initializer_range": 0.02, "mm_tokens_per_image": 256, "model_type": "gemma3",
              "text_config": {
                "head_dim": 16, "hidden_size": 48, "intermediate_size": 56, "max_position_embeddings": 512, "model_type": "gemma3_text", "num_attention_heads": 3, "num_hidden_layers": 6,
                "num_key_value_heads": 1, "query_pre_attn_scalar": 16, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 6, "vocab_size": 96
              },
              "torch_dtype": "bfloat16", "vision_config": {"hidden_size": 1152, "model_type": "siglip_vision_model", "num_hidden_layers": 27}
            }
            """, folder => FillSeeing(folder, "language_model.model.")) { Warnings = ["1 tensors belong to other parts"] },
        new("gemma3-nested", "gemma3", """
            {
              "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
              "text_config": {
                "head_dim": 16, "hidden_size": 48, "intermediate_size": 56,
                "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "sliding_attention", "sliding_attention", "full_attention"],
                "max_position_embeddings": 512, "model_type": "gemma3_text", "num_attention_heads": 3, "num_hidden_layers": 6, "num_key_value_heads": 1, "query_pre_attn_scalar": 16,
                "rms_norm_eps": 1e-05,
                "rope_parameters": {
                  "full_attention": {"factor": 8.0, "rope_theta": 1000000.0, "rope_type": "linear"},
                  "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"}
                },
                "sliding_window": 6, "vocab_size": 96
              }
            }
            """, folder => FillSeeing(folder, "model.language_model.")) { Warnings = ["1 tensors belong to other parts"] },
    ];

    private static void FillSeeing(PublishedFolder folder, string model)
    {
        Fill(folder, model);
        folder.Put("vision_tower.vision_model.embeddings.position_embedding.weight", new FloatTensor(new float[6], [3, 2]));
    }

    /// <summary>Norms store what their weights exceed 1 by.</summary>
    private static void Fill(PublishedFolder folder, string model)
    {
        folder.Rename(("token_embd", model + "embed_tokens"));
        folder.Put(model + "norm.weight", folder["output_norm.weight"].Less(1));
        bool after = folder.Has("blk.0.post_ffw_norm.weight");
        (string Gguf, string Published)[] norms = after
            ?
            [
                ("attn_norm", "input_layernorm"), ("attn_q_norm", "self_attn.q_norm"), ("attn_k_norm", "self_attn.k_norm"), ("post_attention_norm", "post_attention_layernorm"),
                ("ffn_norm", "pre_feedforward_layernorm"), ("post_ffw_norm", "post_feedforward_layernorm"),
            ]
            : [("attn_norm", "input_layernorm"), ("ffn_norm", "post_attention_layernorm")];
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            foreach ((string gguf, string published) in norms)
            {
                folder.Put($"{model}layers.{layer}.{published}.weight", folder[$"blk.{layer}.{gguf}.weight"].Less(1));
            }
        }

        folder.RenameLayers(
            model + "layers.",
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"));
    }
}
