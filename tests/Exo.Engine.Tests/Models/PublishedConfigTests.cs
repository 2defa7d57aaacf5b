using Exo.Engine.Architectures;
using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Tests.Models;

/// <summary>config.json of published models that see, whose text_config says only what differs from the family's defaults.</summary>
public sealed class PublishedConfigTests
{
    [Fact]
    public void Gemma_3_4B()
    {
        ModelSpec spec = Read("""
            {
              "model_type": "gemma3", "eos_token_id": [1, 106],
              "text_config": {
                "hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
                "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024
              }
            }
            """);

        Assert.Equal(("gemma3", 34, 2560, 262208, 131072), (spec.Architecture, spec.LayerCount, spec.EmbeddingSize, spec.VocabularySize, spec.ContextLength));
        Assert.Equal((8, 4, 256, 10240), (spec.HeadCount, spec.KvHeadCount, spec.HeadSize, spec.FeedForwardSize));
        Assert.Equal((1e-6f, 1f / 16, true), (spec.NormEpsilon, spec.AttentionScale, spec.TiedOutput));
        Assert.Equal([1024, 1024, 1024, 1024, 1024, 0, 1024], Enumerable.Range(0, 7).Select(spec.WindowOf));
        Assert.Equal(0.125, spec.Ropes[0].Frequencies[0], 1e-12);
        Assert.Equal(Math.Pow(1e6, -2.0 / 256) / 8, spec.Ropes[0].Frequencies[1], 1e-12);
        Assert.Equal(Math.Pow(1e4, -2.0 / 256), spec.Ropes[1].Frequencies[1], 1e-12);
    }

    [Theory]
    [InlineData("deepseek_v3", ExpertScoring.Sigmoid, true)]
    [InlineData("deepseek_v2", ExpertScoring.Softmax, false)]
    public void DeepSeek_scores_experts_as_its_generation_does_where_the_folder_does_not_say(string type, ExpertScoring scoring, bool byTwo)
    {
        ModelSpec spec = Read($$"""
            {
              "model_type": "{{type}}", "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "moe_intermediate_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
              "max_position_embeddings": 128, "rms_norm_eps": 1e-6, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8, "kv_lora_rank": 16, "q_lora_rank": null, "hidden_act": "silu",
              "n_routed_experts": 8, "num_experts_per_tok": 2, "n_group": 4, "topk_group": 2
            }
            """);

        Assert.Equal((scoring, byTwo, 4, 2), (spec.Experts!.Scoring, spec.Experts.GroupsByTwo, spec.Experts.Groups, spec.Experts.GroupsUsed));
    }

    [Fact]
    public void Llama_4_of_16_experts()
    {
        ModelSpec spec = Read("""
            {
              "model_type": "llama4", "tie_word_embeddings": false,
              "text_config": {
                "attn_temperature_tuning": 4, "interleave_moe_layer_step": 1, "max_position_embeddings": 10485760, "model_type": "llama4_text", "no_rope_layers": [], "num_local_experts": 16,
                "rope_scaling": {"factor": 16.0, "high_freq_factor": 1.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "use_qk_norm": true
              }
            }
            """);

        Assert.Equal(("llama4", 48, 5120, 202048, 10485760), (spec.Architecture, spec.LayerCount, spec.EmbeddingSize, spec.VocabularySize, spec.ContextLength));
        Assert.Equal((40, 8, 128, 16384), (spec.HeadCount, spec.KvHeadCount, spec.HeadSize, spec.FeedForwardSize));
        Assert.Equal((16, 1, 8192, 8192, 1), (spec.Experts!.Count, spec.Experts.Used, spec.Experts.Size, spec.Experts.SharedSize, spec.Experts.Interval));
        Assert.Equal(new AttentionTemperature(0.1, 8192, 1), spec.Temperature);
        Assert.True(spec is { QueryKeyNorms: true, ChunkedWindow: true, TiedOutput: false });
        Assert.Equal([8192, 8192, 8192, 0, 8192], Enumerable.Range(0, 5).Select(spec.WindowOf));

        // Equal factors: pairs that turn at least once in the original context stay, slower ones are divided.
        double[] plain = [.. Enumerable.Range(0, 64).Select(i => Math.Pow(500000, -2.0 * i / 128))];
        Assert.All(spec.Ropes[0].Frequencies.Zip(plain), pair => Assert.Equal(8192 * pair.Second / (2 * Math.PI) >= 1 ? pair.Second : pair.Second / 16, pair.First, 1e-12));
    }

    [Fact]
    public void Llama_4_of_128_experts()
    {
        ModelSpec spec = Read("""
            {
              "model_type": "llama4",
              "text_config": {
                "attn_temperature_tuning": false, "max_position_embeddings": 1048576, "model_type": "llama4_text", "moe_layers": [1, 3, 5], "num_hidden_layers": 6, "num_local_experts": 128,
                "rope_scaling": null, "use_qk_norm": false
              }
            }
            """);

        Assert.Equal((128, 2), (spec.Experts!.Count, spec.Experts.Interval));
        Assert.Null(spec.Temperature);
        Assert.False(spec.QueryKeyNorms);
    }

    [Theory]
    [InlineData("""{"model_type": "gemma3", "text_config": 3}""", "text_config")]
    [InlineData("""{"model_type": "gemma3"}""", "gemma3")]
    [InlineData("""{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "moe_layers": [0, 3]}}""", "text_config.moe_layers")]
    [InlineData("""{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "no_rope_layers": [1, 0]}}""", "text_config.no_rope_layers")]
    [InlineData("""{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "layer_types": ["chunked_attention"]}}""", "text_config.layer_types")]
    [InlineData("""{"model_type": "llama4", "text_config": {"model_type": "llama4_text", "attention_chunk_size": 0}}""", "text_config.attention_chunk_size")]
    [InlineData("""{"model_type": "mistral3", "text_config": {"model_type": "ministral3", "rope_parameters": {"rope_type": "warp"}}}""", "warp")]
    [InlineData("""{"model_type": "cohere2", "sliding_window_pattern": 0}""", "sliding_window_pattern")]
    [InlineData("""{"model_type": "nomic_bert", "prenorm": true}""", "prenorm")]
    [InlineData("""{"model_type": "nomic_bert", "moe_every_n_layers": 2}""", "moe_every_n_layers")]
    [InlineData("""{"model_type": "bert", "position_embedding_type": "relative_key"}""", "position_embedding_type")]
    public void A_setting_that_cannot_be_computed_is_refused_by_its_name(string config, string named) =>
        Assert.Contains(named, Assert.Throws<ModelFileException>(() => Read(config)).Message, StringComparison.Ordinal);

    private static ModelSpec Read(string config)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("exo-config-");
        try
        {
            string path = Path.Combine(folder.FullName, "config.json");
            File.WriteAllText(path, config);
            FolderConfig language = ModelRegistry.LanguageOf(new FolderConfig(JsonFile.Read(path)));
            return ModelRegistry.Of(language).Read(language, new NoTensors(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class NoTensors(string folder) : ModelTensors
    {
        public override string Path => folder;

        public override IEnumerable<string> Names => [];

        public override StoredTensor? Find(string name) => null;

        public override StoredTensor? Stored(string nameInFile) => null;

        public override string NameInFile(string name) => name;
    }
}
