#nullable enable

namespace Exo.Testing.Published;

/// <summary>BERT as its embedding models are published, and Nomic Embed.</summary>
internal static class EncoderModels
{
    private const string Sizes = """
        "attention_probs_dropout_prob": 0.1, "hidden_dropout_prob": 0.1, "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64, "layer_norm_eps": 1e-05,
        "max_position_embeddings": 64, "model_type": "bert", "num_attention_heads": 4, "num_hidden_layers": 3, "pad_token_id": 0, "position_embedding_type": "absolute",
        "torch_dtype": "float32", "type_vocab_size": 2, "use_cache": true, "vocab_size": 128
        """;

    private static readonly Dictionary<string, string> s_mean = new()
    {
        ["modules.json"] = """
            [
              {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
              {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
              {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}
            ]
            """,
        ["1_Pooling/config.json"] = """
            {"word_embedding_dimension": 48, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false}
            """,
    };

    public static IEnumerable<PublishedModel> All =>
    [
        new("bert", "bert", $$"""{"architectures": ["BertModel"], "hidden_act": "gelu", "gradient_checkpointing": false, {{Sizes}}}""", folder => Fill(folder, "", ".weight", ".bias"))
        {
            OtherNumbers = true, Files = s_mean,
        },
        new("bert-tanh", "bert", $$"""{"architectures": ["BertModel"], "hidden_act": "gelu_new", {{Sizes}}}""", folder => Fill(folder, "", ".weight", ".bias")) { SameBits = true, Files = s_mean },
        new("bert-masked", "bert", $$"""{"architectures": ["BertForMaskedLM"], "hidden_act": "gelu_pytorch_tanh", {{Sizes}}}""", FillMasked)
        {
            SameBits = true, Warnings = ["does not say how a text's vector is made"],
        },
        new("nomic-bert", "nomic-bert", """
            {
              "activation_function": "swiglu", "architectures": ["NomicBertModel"], "attn_pdrop": 0.0,
              "auto_map": {"AutoConfig": "nomic-ai/nomic-bert-2048--configuration_hf_nomic_bert.NomicBertConfig", "AutoModel": "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel"},
              "bos_token_id": null, "causal": false, "dense_seq_output": true, "embd_pdrop": 0.0, "fused_bias_fc": true, "fused_dropout_add_ln": true, "layer_norm_epsilon": 1e-05,
              "max_trained_positions": 64, "mlp_fc1_bias": false, "mlp_fc2_bias": false, "model_type": "nomic_bert", "n_embd": 48, "n_head": 4, "n_inner": 64, "n_layer": 3, "n_positions": 256,
              "pad_vocab_size_multiple": 64, "parallel_block": false, "parallel_block_tied_norm": false, "prenorm": false, "qkv_proj_bias": false, "resid_pdrop": 0.0, "rotary_emb_base": 1000,
              "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": false, "rotary_emb_scale_base": null, "rotary_scaling_factor": 2, "scale_attn_by_inverse_layer_idx": false,
              "scale_attn_weights": true, "torch_dtype": "float32", "type_vocab_size": 2, "use_cache": true, "use_flash_attn": true, "use_rms_norm": false, "use_xentropy": true, "vocab_size": 128
            }
            """, FillNomic) { SameBits = true, Files = s_mean, Warnings = ["auto_map"] },
    ];

    /// <summary>BERT by the error function that makes a text's vector as told.</summary>
    /// <param name="files">modules.json and what it names.</param>
    public static PublishedModel With(IReadOnlyDictionary<string, string> files) => All.First() with { Files = files };

    private static void FillMasked(PublishedFolder folder)
    {
        Fill(folder, "bert.", ".gamma", ".beta");
        folder.Put("bert.embeddings.position_ids", new FloatTensor(new float[64], [1, 64]));
        folder.Put("cls.predictions.bias", new FloatTensor(new float[128], [128]));
        folder.Put("cls.predictions.transform.LayerNorm.gamma", new FloatTensor(new float[48], [48]));
    }

    private static void Fill(PublishedFolder folder, string prefix, string normWeight, string normBias)
    {
        const string Layers = "encoder.layer.";
        folder.Rename(
            ("token_embd", prefix + "embeddings.word_embeddings"),
            ("position_embd", prefix + "embeddings.position_embeddings"),
            ("token_types", prefix + "embeddings.token_type_embeddings"));
        folder.RenameLayers(
            prefix + Layers,
            ("attn_q", "attention.self.query"),
            ("attn_k", "attention.self.key"),
            ("attn_v", "attention.self.value"),
            ("attn_output", "attention.output.dense"),
            ("ffn_up", "intermediate.dense"),
            ("ffn_down", "output.dense"));
        Norm("token_embd_norm", "embeddings.LayerNorm");
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            Norm($"blk.{layer}.attn_output_norm", $"{Layers}{layer}.attention.output.LayerNorm");
            Norm($"blk.{layer}.layer_output_norm", $"{Layers}{layer}.output.LayerNorm");
        }

        folder.Put(prefix + "pooler.dense.weight", new FloatTensor(new float[4], [2, 2]));

        void Norm(string gguf, string published)
        {
            folder.Put(prefix + published + normWeight, folder[gguf + ".weight"]);
            folder.Put(prefix + published + normBias, folder[gguf + ".bias"]);
        }
    }

    private static void FillNomic(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "embeddings.word_embeddings"), ("token_types", "embeddings.token_type_embeddings"), ("token_embd_norm", "emb_ln"));
        folder.RenameLayers(
            "encoder.layers.",
            ("attn_qkv", "attn.Wqkv"),
            ("attn_output", "attn.out_proj"),
            ("attn_output_norm", "norm1"),
            ("ffn_up", "mlp.fc11"),
            ("ffn_gate", "mlp.fc12"),
            ("ffn_down", "mlp.fc2"),
            ("layer_output_norm", "norm2"));
    }
}
