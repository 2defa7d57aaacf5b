using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>Llama 4's chunks and the temperature of its other layers, with chunks so small that a short text leaves them.</summary>
public sealed class ChunkedAttentionTests
{
    private const int Chunk = 6;
    private const int Step = 5;
    private const double Growth = 0.3;

    private static readonly SliceOptions s_options = new() { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };

    [SkippableFact]
    public void The_reference_of_these_tests_is_that_of_the_other_program_where_one_chunk_is_enough()
    {
        string gguf = Gguf();
        using PublishedFolder folder = PublishedFolder.Write(gguf, LlamaFourModels.WithChunks(8192, 8192, 0.1));

        float[] actual = new LlamaFourReference(folder, 8192, 8192, 0.1).Logits(ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json")));

        Assert.InRange(ReferenceFloats.Nmse(actual, ReferenceFloats.Read(Path.ChangeExtension(gguf, ".logits.f32"))), 0, 1e-9);
    }

    [SkippableFact]
    public void Texts_of_several_chunks_give_the_reference_s_logits_wherever_the_model_is_cut()
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Chunk, Step, Growth));
        int[] tokens = Tokens();
        float[] expected = new LlamaFourReference(folder, Chunk, Step, Growth).Logits(tokens);
        using SliceChain whole = new(folder.Path, s_options);

        float[] actual = whole.Forward(0, tokens, LogitsWanted.All);

        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, 1e-9);
        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain parts = new(folder.Path, s_options, cut);
            Assert.Equal(actual, parts.Forward(0, tokens, LogitsWanted.All));
        }
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(13)]
    public void The_same_bits_come_whatever_number_of_tokens_a_step_has_and_whichever_kernels_compute(int count)
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Chunk, Step, Growth));
        int[] tokens = Tokens();
        using SliceChain whole = new(folder.Path, s_options with { Kernels = KernelTier.Scalar });
        using SliceChain steps = new(folder.Path, s_options);
        List<float> some = [];

        for (int at = 0; at < tokens.Length; at += count)
        {
            some.AddRange(steps.Forward(at, tokens.AsSpan(at, Math.Min(count, tokens.Length - at)), LogitsWanted.All));
        }

        Assert.Equal(whole.Forward(0, tokens, LogitsWanted.All), some);
    }

    /// <summary>Chunks of more than a page, so that pages that no later token sees are given back on the way.</summary>
    [SkippableFact]
    public void Long_texts_in_small_steps_give_the_reference_s_logits_too()
    {
        const int Long = 70;
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Long, Step, Growth));
        int[] tokens = [.. Enumerable.Range(0, 250).Select(i => ((i * i * 7) + (i * 31) + 5) % 96)];
        float[] expected = new LlamaFourReference(folder, Long, Step, Growth).Logits(tokens);
        using SliceChain steps = new(folder.Path, s_options, 2);
        List<float> some = [];

        for (int at = 0; at < tokens.Length; at += 9)
        {
            some.AddRange(steps.Forward(at, tokens.AsSpan(at, Math.Min(9, tokens.Length - at)), LogitsWanted.All));
        }

        Assert.InRange(ReferenceFloats.Nmse([.. some], expected), 0, 1e-9);
    }

    [SkippableFact]
    public void Without_chunks_and_without_the_temperature_the_logits_are_others()
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Chunk, Step, Growth));
        using PublishedFolder wide = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(8192, Step, Growth));
        using PublishedFolder even = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Chunk, 8192, Growth));
        float[] expected = Run(folder);

        Assert.True(ReferenceFloats.Nmse(Run(wide), expected) > 1e-4);
        Assert.True(ReferenceFloats.Nmse(Run(even), expected) > 1e-4);
    }

    [SkippableFact]
    public void The_whole_context_is_offered()
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), LlamaFourModels.WithChunks(Chunk, Step, Growth));
        using ModelFile file = ModelFile.Open(folder.Path);

        Assert.Equal(512, file.Spec.ContextLength);
        Assert.True(file.Spec.ChunkedWindow);
        Assert.Equal([Chunk, Chunk, Chunk, 0], Enumerable.Range(0, 4).Select(file.Spec.WindowOf));
    }

    private static float[] Run(PublishedFolder folder)
    {
        using SliceChain chain = new(folder.Path, s_options);
        return chain.Forward(0, Tokens(), LogitsWanted.All);
    }

    private static string Gguf() => Path.Combine(ReferenceData.Require("weights", "arch"), "llama4.gguf");

    private static int[] Tokens() => [.. Enumerable.Range(0, 40).Select(i => ((i * i * 7) + (i * 31) + 5) % 96)];
}
