using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>Published models in several files, and in codes of four bits.</summary>
public sealed class PublishedFormTests
{
    private static readonly SliceOptions s_options = new() { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };

    /// <summary>A Llama of 256 floats a token, published as InternLM 2 does: queries, keys and values by key-value head in one matrix.</summary>
    private const string ByHead = """
        {
          "architectures": ["InternLM2ForCausalLM"], "bias": false, "hidden_act": "silu", "hidden_size": 256, "intermediate_size": 256, "max_position_embeddings": 512, "model_type": "internlm2",
          "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2, "quantization": {"group_size": 32, "bits": 4}, "rms_norm_eps": 1e-05, "rope_theta": 10000,
          "tie_word_embeddings": true, "vocab_size": 256
        }
        """;

    [SkippableTheory]
    [InlineData("qwen2moe")]
    [InlineData("phi2")]
    [InlineData("stablelm-12b")]
    [InlineData("granitemoe")]
    public void A_model_in_several_files_has_the_bits_of_the_one_in_a_single_file(string name)
    {
        PublishedModel model = PublishedModels.Of(name);
        string gguf = Path.Combine(ReferenceData.Require("weights", "arch"), model.Gguf + ".gguf");
        int[] tokens = ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json"));
        using PublishedFolder single = PublishedFolder.Write(gguf, model);
        using PublishedFolder several = PublishedFolder.Write(gguf, model with { Shards = 3 });
        using SliceChain expected = new(single.Path, s_options);
        using SliceChain actual = new(several.Path, s_options, 2);

        Assert.Equal(4, Directory.GetFiles(several.Path, "model*").Length);
        Assert.Equal(expected.Forward(0, tokens, LogitsWanted.All), actual.Forward(0, tokens, LogitsWanted.All));
    }

    [SkippableFact]
    public void Codes_of_mlx_are_taken_from_rows_in_another_order_and_multiply_as_the_floats_that_they_stand_for()
    {
        PublishedModel internLm = PublishedModels.Of("internlm2");
        string gguf = ReferenceData.Require("weights", "encodings", "F16.gguf");
        int[] tokens = [.. Enumerable.Range(1, 20)];
        PublishedModel model = internLm with { Config = ByHead, Packing = PublishedPacking.Packed };
        using PublishedFolder packed = PublishedFolder.Write(gguf, model);
        using PublishedFolder rounded = PublishedFolder.Write(gguf, model with { Packing = PublishedPacking.Rounded });
        using SliceChain expected = new(rounded.Path, s_options);
        using SliceChain actual = new(packed.Path, s_options, 1, 2);

        Assert.InRange(ReferenceFloats.Nmse(actual.Forward(0, tokens, LogitsWanted.All), expected.Forward(0, tokens, LogitsWanted.All)), 0, 1e-9);
        Assert.InRange(actual.Runners.Sum(runner => runner.WeightBytes), 0, expected.Runners.Sum(runner => runner.WeightBytes) / 4);
    }
}
