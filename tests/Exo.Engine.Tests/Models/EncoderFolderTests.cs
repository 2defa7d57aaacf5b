using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>Embedding models in the Hugging Face form: GELU by the error function, and what sentence-transformers says beside config.json.</summary>
public sealed class EncoderFolderTests
{
    private const string Modules = """[{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]""";
    private const string Place = "1_Pooling/config.json";

    public static TheoryData<string, int> Poolings => new()
    {
        { """{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}""", (int)Pooling.Mean },
        { """{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}""", (int)Pooling.First },
        { """{"pooling_mode_lasttoken": true}""", (int)Pooling.Last },
        { """{"embedding_dimension": 48, "pooling_mode": "cls", "include_prompt": true}""", (int)Pooling.First },
    };

    [SkippableTheory]
    [MemberData(nameof(Poolings))]
    public void Vectors_are_those_of_the_model_in_double_precision(string config, int pooling)
    {
        string gguf = Gguf();
        int[] tokens = ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json"));
        using PublishedFolder folder = PublishedFolder.Write(gguf, EncoderModels.With(Files(config)));
        double[][] hidden = new BertReference(folder).Hidden(tokens);
        float[] expected = [.. Enumerable.Range(0, hidden[0].Length).Select(i => (float)((Pooling)pooling switch
        {
            Pooling.Mean => hidden.Average(token => token[i]),
            Pooling.First => hidden[0][i],
            _ => hidden[^1][i],
        }))];
        using SliceChain chain = new(folder.Path, new SliceOptions { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge });

        float[] actual = chain.Forward(0, tokens, LogitsWanted.Last);

        Assert.Equal((Pooling)pooling, chain.Spec.Pooling);
        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, 1e-11);
    }

    [SkippableFact]
    public void The_two_forms_of_gelu_differ_by_more_than_rounding()
    {
        string gguf = Gguf();
        int[] tokens = ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json"));
        using PublishedFolder folder = PublishedFolder.Write(gguf, PublishedModels.Of("bert"));
        using SliceChain chain = new(folder.Path, new SliceOptions { Threads = 1, Cache = KvCacheType.F32 });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.Last), ReferenceFloats.Read(Path.ChangeExtension(gguf, ".embedding.f32"))), 1e-9, 1e-4);
    }

    [SkippableTheory]
    [InlineData("""{"pooling_mode_max_tokens": true}""", "pooling_mode_max_tokens")]
    [InlineData("""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""", "mean and cls")]
    [InlineData("""{"pooling_mode": "weightedmean"}""", "weightedmean")]
    [InlineData("""{}""", "nothing")]
    public void Other_poolings_are_refused(string config, string named)
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), EncoderModels.With(Files(config)));
        Assert.Contains(named, Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("""[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]""", "Dense")]
    [InlineData("""[{"path": "../elsewhere", "type": "sentence_transformers.models.Pooling"}]""", "../elsewhere")]
    [InlineData("""{"path": "1_Pooling"}""", "array")]
    [InlineData("""[{""", "modules.json")]
    public void Modules_that_change_vectors_or_lie_elsewhere_are_refused(string modules, string named)
    {
        using PublishedFolder folder = PublishedFolder.Write(Gguf(), EncoderModels.With(new Dictionary<string, string> { ["modules.json"] = modules }));
        Assert.Contains(named, Assert.Throws<ModelFileException>(() => ModelFile.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Files(string pooling) => new() { ["modules.json"] = Modules, [Place] = pooling };

    private static string Gguf() => Path.Combine(ReferenceData.Require("weights", "arch"), "bert.gguf");
}
