using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>
/// Which experts tokens visit, layer by layer. That the choices are the reference's follows from its logits too: a wrong expert shows as an error of 1e-3 or more, and 1e-9 is accepted.
/// </summary>
public sealed class ExpertChoiceTests
{
    private static readonly SliceOptions s_judge = new() { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };

    [SkippableFact]
    public void The_experts_are_those_that_the_model_chooses_in_double_precision()
    {
        string gguf = Path.Combine(ReferenceData.Require("weights", "arch"), "llama4.gguf");
        int[] tokens = ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json"));
        using PublishedFolder folder = PublishedFolder.Write(gguf, PublishedModels.Of("llama4"));
        LlamaFourReference reference = new(folder, 8192, 8192, 0.1);
        reference.Logits(tokens);

        Assert.Equal(reference.Chosen, Trace(gguf, tokens, s_judge).SelectMany(layer => layer.Chosen));
        Assert.Equal(reference.Chosen, Trace(folder.Path, tokens, s_judge with { Kernels = KernelTier.Auto }).SelectMany(layer => layer.Chosen));
        Assert.Equal(4, reference.Chosen.Distinct().Count());
    }

    [SkippableTheory]
    [InlineData("arch", "mixtral.gguf", 2)]
    [InlineData("arch", "qwen3moe.gguf", 2)]
    [InlineData("arch", "qwen2moe.gguf", 2)]
    [InlineData("arch", "granitemoe.gguf", 2)]
    [InlineData("arch", "phimoe.gguf", 2)]
    [InlineData("arch", "deepseek.gguf", 1)]
    [InlineData("arch", "gpt-oss.gguf", 2)]
    [InlineData("arch", "deepseek2-lite.gguf", 1)]
    [InlineData("arch", "deepseek2-v3.gguf", 1)]
    [InlineData("arch", "qwen3next.gguf", 2)]
    [InlineData("hf", "mixtral", 1)]
    [InlineData("hf", "qwen3_moe", 1)]
    [InlineData("hf", "deepseek_v3", 1)]
    [InlineData("hf", "deepseek_v3_fp8", 1)]
    [InlineData("hf", "gpt_oss", 1)]
    [InlineData("hf", "gpt_oss_bf16", 1)]
    public void The_reference_models_choose_the_same_experts_with_any_kernels_and_a_half_precision_cache(string kind, string name, int least)
    {
        string path = kind == "hf" ? ReferenceData.Require("hf", name) : Path.Combine(ReferenceData.Require("weights", "arch"), name);
        int[] tokens = ReferenceFloats.Tokens(kind == "hf" ? Path.Combine(path, "tokens.json") : Path.ChangeExtension(path, ".tokens.json"));
        List<(float[] Scores, int[] Chosen)> judge = Trace(path, tokens, s_judge);

        Assert.True(judge.Count >= least);
        foreach (KernelTier tier in MachineTiers.Fast)
        {
            Assert.Equal(judge.SelectMany(layer => layer.Chosen), Trace(path, tokens, new SliceOptions { Threads = 2, Kernels = tier }).SelectMany(layer => layer.Chosen));
        }
    }

    /// <summary>Each layer gets the same hidden states, so that one near tie does not make others.</summary>
    [Theory]
    [InlineData(nameof(TensorType.Q8_0))]
    [InlineData(nameof(TensorType.Q4_0))]
    [InlineData(nameof(TensorType.Q4_K))]
    [InlineData(nameof(TensorType.Q6_K))]
    public void Fast_kernels_choose_the_judge_s_experts_of_quantised_weights_but_for_near_ties(string type)
    {
        const float NearTie = 0.05f; // Router logits spread by about 4.
        string path = Path.GetTempFileName();
        try
        {
            RandomMixture.Write(path, Enum.Parse<TensorType>(type));
            int[] tokens = [.. Enumerable.Range(0, 96).Select(i => ((i * i * 11) + (i * 29) + 3) % RandomMixture.Vocabulary)];
            using ModelFile file = ModelFile.Open(path);
            float[] hidden = Run(file, 0, tokens, [], s_judge, null);
            (int choices, int others) = (0, 0);
            for (int unit = 1; unit <= RandomMixture.Layers; unit++)
            {
                ExpertTrace judge = new();
                float[] next = Run(file, unit, tokens, hidden, s_judge, judge);
                (float[] scores, int[] chosen) = Assert.Single(judge.Layers);
                int[]? plain = null;
                foreach (KernelTier tier in MachineTiers.Fast)
                {
                    ExpertTrace fast = new();
                    Run(file, unit, tokens, hidden, s_judge with { Kernels = tier }, fast);
                    int[] found = Assert.Single(fast.Layers).Chosen;
                    Assert.Equal(plain ??= found, found);
                }

                for (int t = 0; t < tokens.Length; t++)
                {
                    int[] mine = chosen[(t * RandomMixture.Used)..((t + 1) * RandomMixture.Used)];
                    float least = mine.Min(expert => scores[(t * RandomMixture.Experts) + expert]);
                    foreach (int expert in plain![(t * RandomMixture.Used)..((t + 1) * RandomMixture.Used)].Except(mine))
                    {
                        others++;
                        Assert.InRange(least - scores[(t * RandomMixture.Experts) + expert], 0, NearTie);
                    }
                }

                choices += chosen.Length;
                hidden = next;
            }

            Assert.InRange(others, 0, choices / 100);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<(float[] Scores, int[] Chosen)> Trace(string path, int[] tokens, SliceOptions options)
    {
        ExpertTrace trace = new();
        using ModelFile file = ModelFile.Open(path);
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), options);
        runner.Trace = trace;
        using KvCache cache = runner.CreateCache(tokens.Length);
        StageBatch batch = new();
        batch.AddTokens(cache, 0, tokens, LogitsWanted.Last);
        runner.Forward(batch);
        return trace.Layers;
    }

    private static float[] Run(ModelFile file, int unit, int[] tokens, float[] hidden, SliceOptions options, ExpertTrace? trace)
    {
        using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), options);
        runner.Trace = trace;
        using KvCache cache = runner.CreateCache(tokens.Length);
        StageBatch batch = new();
        int row = unit == 0 ? batch.AddTokens(cache, 0, tokens, LogitsWanted.All) : batch.AddHidden(cache, 0, tokens.Length, hidden, LogitsWanted.All);
        runner.Forward(batch);
        return batch.Hidden(row).ToArray();
    }
}
