#nullable enable

namespace Exo.Testing.Published;

/// <summary>Llama 4: the language model alone, and as a part of the published one, which sees.</summary>
internal static class LlamaFourModels
{
    public static IEnumerable<PublishedModel> All =>
    [
        new("llama4-text", "llama4", $$"""{"architectures": ["Llama4ForCausalLM"], {{Text(8192, 8192, 0.1)}}}""", folder => Fill(folder, "model.", "")) { SameBits = true },
        new("llama4", "llama4", $$"""
            {
              "architectures": ["Llama4ForConditionalGeneration"], "boi_token_index": 200080, "eoi_token_index": 200081, "image_token_index": 200092, "model_type": "llama4",
              "text_config": { {{Text(8192, 8192, 0.1)}} }, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
              "vision_config": {"hidden_size": 1408, "model_type": "llama4_vision_model", "num_hidden_layers": 34}
            }
            """, FillSeeing) { SameBits = true, Warnings = ["2 tensors belong to other parts"] },
    ];

    /// <summary>The same model with chunks that a short text leaves.</summary>
    public static PublishedModel WithChunks(int chunk, int step, double growth) =>
        new("llama4-chunks", "llama4", $$"""{"architectures": ["Llama4ForCausalLM"], {{Text(chunk, step, growth)}}}""", folder => Fill(folder, "model.", ""));

    private static string Text(int chunk, int step, double growth) => FormattableString.Invariant($$"""
        "attention_bias": false, "attention_chunk_size": {{chunk}}, "attention_dropout": 0.0, "attn_scale": {{growth}}, "attn_temperature_tuning": 4, "floor_scale": {{step}}, "head_dim": 12,
        "hidden_act": "silu", "hidden_size": 48, "interleave_moe_layer_step": 2, "intermediate_size": 20, "intermediate_size_mlp": 48, "max_position_embeddings": 512,
        "model_type": "llama4_text", "moe_layers": [1, 3], "no_rope_layers": [], "num_attention_heads": 4, "num_experts_per_tok": 1, "num_hidden_layers": 4, "num_key_value_heads": 2,
        "num_local_experts": 4, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "use_cache": true, "use_qk_norm": true, "vocab_size": 96
        """);

    private static void FillSeeing(PublishedFolder folder)
    {
        Fill(folder, "language_model.model.", "language_model.");
        folder.Put("vision_model.class_embedding", new FloatTensor(new float[6], [6]));
        folder.Put("multi_modal_projector.linear_1.weight", new FloatTensor(new float[6], [3, 2]));
    }

    /// <summary>Rotated pairs are adjacent here too. Experts lie as [inputs, outputs], gate and up of all of them in one tensor.</summary>
    private static void Fill(PublishedFolder folder, string model, string head)
    {
        folder.Rename(("token_embd", model + "embed_tokens"), ("output_norm", model + "norm"), ("output", head + "lm_head"));
        folder.RenameLayers(
            model + "layers.",
            ("attn_norm", "input_layernorm"),
            ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"),
            ("attn_v", "self_attn.v_proj"),
            ("attn_output", "self_attn.o_proj"),
            ("ffn_norm", "post_attention_layernorm"),
            ("ffn_gate", "feed_forward.gate_proj"),
            ("ffn_up", "feed_forward.up_proj"),
            ("ffn_down", "feed_forward.down_proj"),
            ("ffn_gate_inp", "feed_forward.router"),
            ("ffn_gate_shexp", "feed_forward.shared_expert.gate_proj"),
            ("ffn_up_shexp", "feed_forward.shared_expert.up_proj"),
            ("ffn_down_shexp", "feed_forward.shared_expert.down_proj"));
        foreach (int layer in Enumerable.Range(0, folder.Layers).Where(layer => folder.Has($"blk.{layer}.ffn_gate_exps.weight")))
        {
            FloatTensor gate = folder[$"blk.{layer}.ffn_gate_exps.weight"];
            FloatTensor up = folder[$"blk.{layer}.ffn_up_exps.weight"];
            FloatTensor both = FloatTensor.Stack([.. Enumerable.Range(0, gate.Shape[0]).Select(expert => FloatTensor.Above(gate.Part(expert), up.Part(expert)))]);
            folder.Put($"{model}layers.{layer}.feed_forward.experts.gate_up_proj", both.Turned());
            folder.Put($"{model}layers.{layer}.feed_forward.experts.down_proj", folder[$"blk.{layer}.ffn_down_exps.weight"].Turned());
        }
    }
}
