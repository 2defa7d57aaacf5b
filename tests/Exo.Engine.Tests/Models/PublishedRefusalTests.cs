using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>Settings of published folders that would change the answer and are not computed.</summary>
public sealed class PublishedRefusalTests
{
    [SkippableTheory]
    [InlineData("falcon", "\"alibi\": false", "\"alibi\": true", "alibi")]
    [InlineData("falcon", "\"parallel_attn\": true", "\"parallel_attn\": false", "parallel_attn")]
    [InlineData("falcon-40b", "\"num_kv_heads\": 2", "\"num_kv_heads\": 3", "num_kv_heads")]
    [InlineData("falcon-40b", "\"num_kv_heads\": 2", "\"num_kv_heads\": 4", "query_key_value")]
    [InlineData("gpt2", "\"gelu_new\"", "\"relu\"", "activation_function")]
    [InlineData("gpt2", "\"n_ctx\"", "\"scale_attn_by_inverse_layer_idx\": true, \"n_ctx\"", "scale_attn_by_inverse_layer_idx")]
    [InlineData("gpt2", "\"n_embd\": 48", "\"n_embd\": 64", "wte")]
    [InlineData("starcoder2", "\"gelu_pytorch_tanh\"", "\"silu\"", "hidden_act")]
    [InlineData("phi2", "\"qk_layernorm\": false", "\"qk_layernorm\": true", "qk_layernorm")]
    [InlineData("qwen2moe", "\"use_sliding_window\": false", "\"use_sliding_window\": true", "use_sliding_window")]
    [InlineData("qwen2moe", "\"decoder_sparse_step\": 1", "\"mlp_only_layers\": [1]", "mlp_only_layers")]
    [InlineData("qwen2moe", "\"num_experts_per_tok\": 3", "\"num_experts_per_tok\": 9", "num_experts_per_tok")]
    [InlineData("qwen3next", "\"linear_num_key_heads\": 2", "\"linear_num_key_heads\": 3", "linear_num_key_heads")]
    [InlineData("qwen3next", "\"linear_num_key_heads\": 2", "\"linear_num_key_heads\": 4", "in_proj_qkvz")]
    [InlineData("qwen35", "\"attn_output_gate\": true", "\"attn_output_gate\": false", "attn_output_gate")]
    [InlineData("qwen35", "\"full_attention\"]", "\"mamba\"]", "layer_types")]
    [InlineData("deepseek", "\"moe_layer_freq\": 1", "\"moe_layer_freq\": 2", "moe_layer_freq")]
    [InlineData("deepseek", "\"softmax\"", "\"sigmoid\"", "scoring_func")]
    [InlineData("granitemoe", "\"num_local_experts\": 4", "\"num_local_experts\": 0", "num_local_experts")]
    [InlineData("stablelm-12b", "\"num_attention_heads\": 4", "\"num_attention_heads\": 2", "self_attn.k_proj")]
    [InlineData("mamba", "\"use_bias\": false", "\"use_bias\": true", "use_bias")]
    [InlineData("mamba", "\"mamba\"", "\"falcon_mamba\"", "model_type")]
    public void A_setting_that_cannot_be_computed_is_refused_by_its_name(string name, string written, string other, string named)
    {
        PublishedModel model = PublishedModels.Of(name);
        Assert.Contains(written, model.Config, StringComparison.Ordinal);
        using PublishedFolder folder = PublishedFolder.Write(
            Path.Combine(ReferenceData.Require("weights", "arch"), model.Gguf + ".gguf"),
            model with { Config = model.Config.Replace(written, other, StringComparison.Ordinal) });

        string message = Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message;

        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Matches("Choose|Download|adding-a-model|convert", message);
    }
}
