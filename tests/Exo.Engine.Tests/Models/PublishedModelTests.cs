using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Engine.Tests.Models;

/// <summary>The tiny reference models as their families publish them, against the logits of the GGUF files.</summary>
public sealed class PublishedModelTests
{
    public static TheoryData<string> Names => new(PublishedModels.All.Select(model => model.Name));

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_published_folder_gives_the_logits_of_the_reference_wherever_it_is_cut(string name)
    {
        PublishedModel model = PublishedModels.Of(name);
        string gguf = Path.Combine(ReferenceData.Require("weights", "arch"), model.Gguf + ".gguf");
        int[] tokens = ReferenceFloats.Tokens(Path.ChangeExtension(gguf, ".tokens.json"));
        using PublishedFolder folder = PublishedFolder.Write(gguf, model);
        SliceOptions options = new() { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };
        using SliceChain whole = new(folder.Path, options);
        bool encoder = whole.Spec.Pooling != Pooling.None;
        LogitsWanted wanted = encoder ? LogitsWanted.Last : LogitsWanted.All;
        float[] expected = ReferenceFloats.Read(model.Logits is { } own ? TestData.Find("models", own) : Path.ChangeExtension(gguf, encoder ? ".embedding.f32" : ".logits.f32"));

        float[] actual = whole.Forward(0, tokens, wanted);

        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, model.OtherNumbers ? 1e-3 : model.Limit);
        using SliceChain converted = new(gguf, options);
        if (model.SameBits)
        {
            Assert.Equal(converted.Forward(0, tokens, wanted), actual);
        }

        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain parts = new(folder.Path, options, cut);
            Assert.Equal(actual, parts.Forward(0, tokens, wanted));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Its_footprint_is_what_slices_load_and_nothing_unexpected_is_odd_about_it(string name)
    {
        PublishedModel model = PublishedModels.Of(name);
        using PublishedFolder folder = PublishedFolder.Write(Path.Combine(ReferenceData.Require("weights", "arch"), model.Gguf + ".gguf"), model);
        using ModelFile file = ModelFile.Open(folder.Path);

        Assert.Equal(model.Warnings.Count, file.Warnings.Length);
        Assert.All(model.Warnings, part => Assert.Contains(file.Warnings, warning => warning.Contains(part, StringComparison.Ordinal)));
        for (int unit = 0; unit < file.Spec.UnitCount; unit++)
        {
            using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1 });
            Assert.Equal(file.Footprint.UnitBytes[unit], runner.WeightBytes);
        }
    }
}
