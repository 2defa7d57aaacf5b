#nullable enable

namespace Exo.Testing.Published;

/// <summary>Ministral 3, alone and as the language part of a model that sees, and Mistral Small 3.1, whose language part is the layer of all Mistrals.</summary>
internal static class MistralModels
{
    private const string Text = """
        "attention_dropout": 0.0, "head_dim": 16, "hidden_act": "silu", "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "max_position_embeddings": 512,
        "model_type": "ministral3", "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2,
        "rope_parameters": {
          "beta_fast": 32.0, "beta_slow": 1.0, "factor": 4.0, "llama_4_scaling_beta": 0.30000001192092896, "mscale": 1.0, "mscale_all_dim": 1.0,
          "original_max_position_embeddings": 8, "rope_theta": 10000.0, "rope_type": "yarn", "type": "yarn"
        },
        "sliding_window": null, "use_cache": true, "vocab_size": 128
        """;

    public static IEnumerable<PublishedModel> All =>
    [
        new("ministral3", "mistral3", $$"""{"architectures": ["Ministral3ForCausalLM"], "rms_norm_eps": 1e-05, "tie_word_embeddings": false, {{Text}}}""", folder => Fill(folder, "model.", "")),
        new("mistral3", "mistral3", $$"""
            {
              "architectures": ["Mistral3ForConditionalGeneration"], "dtype": "bfloat16", "image_token_index": 10, "model_type": "mistral3", "multimodal_projector_bias": false,
              "projector_hidden_act": "gelu", "spatial_merge_size": 2, "text_config": { {{Text}} },
              "vision_config": {"head_dim": 64, "hidden_size": 1024, "model_type": "pixtral", "num_hidden_layers": 24}, "vision_feature_layer": -1
            }
            """, folder => FillSeeing(folder, "language_model.model.", "language_model.")) { Warnings = ["2 tensors belong to other parts"] },
        new("mistral3-nested", "mistral3", $$"""
            {
              "architectures": ["Mistral3ForConditionalGeneration"], "model_type": "mistral3", "text_config": { {{Text}} }, "tie_word_embeddings": false, "vision_config": {"model_type": "pixtral"}
            }
            """, folder => FillSeeing(folder, "model.language_model.", "")) { Warnings = ["2 tensors belong to other parts"] },
        new("mistral-small", "llama", """
            {
              "architectures": ["Mistral3ForConditionalGeneration"], "image_token_index": 10, "model_type": "mistral3", "multimodal_projector_bias": false, "spatial_merge_size": 2,
              "text_config": {
                "attention_dropout": 0.0, "head_dim": 16, "hidden_act": "silu", "hidden_size": 64, "initializer_range": 0.02, "intermediate_size": 64, "max_position_embeddings": 512,
                "model_type": "mistral", "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": null,
                "use_cache": true, "vocab_size": 128
              },
              "torch_dtype": "bfloat16", "vision_config": {"model_type": "pixtral"}
            }
            """, folder => FillSeeing(folder, "language_model.model.", "language_model.")) { Warnings = ["2 tensors belong to other parts"] },
    ];

    private static void FillSeeing(PublishedFolder folder, string model, string head)
    {
        Fill(folder, model, head);
        string part = head.Length > 0 ? "" : "model.";
        folder.Put(part + "vision_tower.patch_conv.weight", new FloatTensor(new float[12], [3, 4]));
        folder.Put(part + "multi_modal_projector.linear_1.weight", new FloatTensor(new float[6], [3, 2]));
    }

    private static void Fill(PublishedFolder folder, string model, string head)
    {
        folder.Rename(("token_embd", model + "embed_tokens"), ("output_norm", model + "norm"), ("output", head + "lm_head"));
        folder.PutHalfPairs(model + "layers.");
        folder.RenameLayers(
            model + "layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"),
            ("ffn_down", "mlp.down_proj"));
    }
}
