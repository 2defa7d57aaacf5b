using System.Text.Json.Nodes;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Files;
using Exo.Engine.Tests.Stages;
using Exo.Testing;
using Entry = Exo.Engine.Tests.Files.SmallFolder.Entry;

namespace Exo.Engine.Tests.Models;

/// <summary>One model in the forms that public repositories give it: the logits stay.</summary>
public sealed class RepositoryFormTests
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void Shards_without_an_index_are_found_by_their_names(int count)
    {
        string reference = ReferenceData.Require("hf", "llama");
        using SmallFolder folder = Copy(reference, config => config, tensors => tensors, count);

        RequireLogits(reference, folder);
        File.Delete(folder.FileOf(ShardName(count, count)));
        string message = Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message;

        Assert.Contains(count == 1 ? "model.safetensors" : ShardName(count, count), message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Shards_of_two_models_without_an_index_are_refused()
    {
        using SmallFolder folder = Copy(ReferenceData.Require("hf", "llama"), config => config, tensors => tensors, 2);
        folder.Shard(ShardName(1, 1), Entry.Of("x", [1], 1f));

        Assert.Contains(ShardName(1, 1), Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Latent_attention_reads_the_scaling_of_its_rotation_under_the_newer_key()
    {
        string reference = ReferenceData.Require("hf", "deepseek_v3");
        using SmallFolder folder = Copy(reference, config =>
        {
            JsonNode scaling = config["rope_scaling"]!.DeepClone();
            scaling["rope_type"] = scaling["type"]!.DeepClone();
            scaling["rope_theta"] = config["rope_theta"]!.DeepClone();
            config["rope_parameters"] = scaling;
            config.Remove("rope_scaling");
            config.Remove("rope_theta");
            return config;
        });

        RequireLogits(reference, folder);
    }

    [SkippableFact]
    public void DeepSeek_V3_routes_as_its_own_reader_does_where_the_file_does_not_say()
    {
        string reference = ReferenceData.Require("hf", "deepseek_v3");
        using SmallFolder folder = Copy(reference, config =>
        {
            config.Remove("scoring_func");
            config.Remove("norm_topk_prob");
            return config;
        });

        RequireLogits(reference, folder);
    }

    [SkippableFact]
    public void More_experts_than_the_chosen_groups_hold_are_refused()
    {
        using SmallFolder folder = Copy(ReferenceData.Require("hf", "deepseek_v3"), config =>
        {
            config["num_experts_per_tok"] = 7;
            return config;
        });

        Assert.Contains("num_experts_per_tok", Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("gemma3_text", "gemma3")]
    [InlineData("mistral", "mistral3")]
    public void The_language_part_need_not_name_its_type(string name, string wrapper)
    {
        string reference = ReferenceData.Require("hf", name);
        using SmallFolder folder = Copy(
            reference,
            config =>
            {
                config.Remove("model_type");
                return new JsonObject { ["model_type"] = wrapper, ["text_config"] = config };
            },
            tensors => tensors.Select(tensor => tensor with { Name = "language_model." + tensor.Name }));

        RequireLogits(reference, folder);
    }

    [SkippableTheory]
    [InlineData("gpt_oss", """{"group_size": 32, "bits": 4, "mode": "mxfp4"}""", """{"quant_method": "mxfp4"}""")]
    [InlineData("gpt_oss_bf16", null, null)]
    public void Experts_of_gpt_oss_may_lie_as_mlx_names_them(string name, string? quantization, string? left)
    {
        string reference = ReferenceData.Require("hf", name);
        using SmallFolder folder = Copy(
            reference,
            config =>
            {
                config.Remove("quantization_config");
                if (quantization is not null)
                {
                    config["quantization"] = JsonNode.Parse(quantization);
                    config["quantization_config"] = JsonNode.Parse(left!);
                }

                return config;
            },
            tensors => tensors.SelectMany(OfMlx));

        RequireLogits(reference, folder);
    }

    /// <summary>Gate and up projection, whose rows alternate, become two tensors, all under MLX's names.</summary>
    private static IEnumerable<Entry> OfMlx(Entry tensor)
    {
        int at = tensor.Name.IndexOf(".experts.", StringComparison.Ordinal);
        if (at < 0)
        {
            return [tensor];
        }

        string stem = tensor.Name[..(at + ".experts.".Length)];
        string[] parts = tensor.Name[stem.Length..].Split("_proj");
        (string last, Entry rows) = parts[1] switch
        {
            "_bias" => ("bias", tensor with { Shape = [tensor.Shape[0], tensor.Shape[1], 1] }),
            "_scales" => ("scales", tensor),
            "_blocks" => ("weight", tensor with { Type = "U32", Shape = [tensor.Shape[0], tensor.Shape[1], tensor.Shape[2] * 4] }),
            _ => ("weight", Turned(tensor)),
        };
        Entry[] halves = parts[0] == "down" ? [rows] : [Half(rows, 0), Half(rows, 1)];
        string[] names = parts[0] == "down" ? ["down"] : ["gate", "up"];
        return halves.Zip(names, (half, name) => half with { Name = $"{stem}{name}_proj.{last}", Shape = last == "bias" ? half.Shape[..2] : half.Shape });
    }

    /// <summary>Every second row of [experts, rows, columns].</summary>
    private static Entry Half(Entry tensor, int first)
    {
        int rows = (int)(tensor.Shape[0] * tensor.Shape[1]);
        byte[][] taken = [.. tensor.Data.Chunk(tensor.Data.Length / rows).Where((_, row) => row % 2 == first)];
        return tensor with { Shape = [tensor.Shape[0], tensor.Shape[1] / 2, tensor.Shape[2]], Data = [.. taken.SelectMany(row => row)] };
    }

    /// <summary>[experts, inputs, outputs] of two bytes each as [experts, outputs, inputs].</summary>
    private static Entry Turned(Entry tensor)
    {
        (int experts, int inputs, int outputs) = ((int)tensor.Shape[0], (int)tensor.Shape[1], (int)tensor.Shape[2]);
        byte[] data = new byte[tensor.Data.Length];
        for (int i = 0; i < data.Length / 2; i++)
        {
            (int expert, int output, int input) = (i / (inputs * outputs), i / inputs % outputs, i % inputs);
            tensor.Data.AsSpan(((((expert * inputs) + input) * outputs) + output) * 2, 2).CopyTo(data.AsSpan(i * 2));
        }

        return tensor with { Shape = [experts, outputs, inputs], Data = data };
    }

    private static string ShardName(int number, int count) => $"model-{number:00000}-of-{count:00000}.safetensors";

    private static SmallFolder Copy(string reference, Func<JsonObject, JsonObject> config, Func<Entry[], IEnumerable<Entry>>? tensors = null, int shards = 0)
    {
        JsonObject written = JsonNode.Parse(File.ReadAllText(Path.Combine(reference, "config.json")))!.AsObject();
        SmallFolder folder = SmallFolder.Write(config(written).ToJsonString());
        Entry[] all = [.. tensors?.Invoke(SmallFolder.Read(reference)) ?? SmallFolder.Read(reference)];
        foreach (int shard in Enumerable.Range(0, Math.Max(1, shards)))
        {
            folder.Shard(shards == 0 ? "model.safetensors" : ShardName(shard + 1, shards), all.Where((_, i) => shards == 0 || i % shards == shard));
        }

        return folder;
    }

    private static void RequireLogits(string reference, SmallFolder folder)
    {
        float[] expected = ReferenceFloats.Read(Path.Combine(reference, "logits.f32"));
        int[] tokens = ReferenceFloats.Tokens(Path.Combine(reference, "tokens.json"));
        using SliceChain chain = new(folder.Path, new SliceOptions { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge });
        float[] actual = chain.Forward(0, tokens, LogitsWanted.All);

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(ReferenceFloats.LargestError(actual, expected), 0, 1e-3);
    }
}
