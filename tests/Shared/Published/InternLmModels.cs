#nullable enable

namespace Exo.Testing.Published;

/// <summary>InternLM 2.</summary>
internal static class InternLmModels
{
    public static IEnumerable<PublishedModel> All =>
    [
        new("internlm2", "internlm2", """
            {
              "architectures": ["InternLM2ForCausalLM"], "attn_implementation": "eager",
              "auto_map": {"AutoConfig": "configuration_internlm2.InternLM2Config", "AutoModelForCausalLM": "modeling_internlm2.InternLM2ForCausalLM"},
              "bias": false, "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 48, "initializer_range": 0.02, "intermediate_size": 64,
              "max_position_embeddings": 512, "model_type": "internlm2", "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2, "pad_token_id": 2,
              "rms_norm_eps": 1e-05, "rope_scaling": {"type": "dynamic", "factor": 2.0}, "rope_theta": 1000000, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
              "use_cache": true, "vocab_size": 128
            }
            """, Fill) { Warnings = ["auto_map"] },
    ];

    /// <summary>Queries, keys and values are one matrix: for each key-value head its queries, its key and its value.</summary>
    private static void Fill(PublishedFolder folder)
    {
        folder.Rename(("token_embd", "model.tok_embeddings"), ("output_norm", "model.norm"), ("output", "output"));
        folder.RenameLayers(
            "model.layers.",
            ("attn_norm", "attention_norm"),
            ("attn_output", "attention.wo"),
            ("ffn_norm", "ffn_norm"),
            ("ffn_gate", "feed_forward.w1"),
            ("ffn_up", "feed_forward.w3"),
            ("ffn_down", "feed_forward.w2"));
        for (int layer = 0; layer < folder.Layers; layer++)
        {
            FloatTensor q = folder[$"blk.{layer}.attn_q.weight"].HalfPairs(folder.Heads);
            FloatTensor k = folder[$"blk.{layer}.attn_k.weight"].HalfPairs(folder.KvHeads);
            FloatTensor v = folder[$"blk.{layer}.attn_v.weight"];
            int size = folder.HeadSize;
            int queries = folder.Heads / folder.KvHeads * size;
            folder.Put(
                $"model.layers.{layer}.attention.wqkv.weight",
                FloatTensor.Above([.. Enumerable.Range(0, folder.KvHeads).SelectMany(head => new[] { q.Rows(head * queries, queries), k.Rows(head * size, size), v.Rows(head * size, size) })]));
        }
    }
}
