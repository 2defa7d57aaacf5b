using Exo.Engine.Files;
using Exo.Engine.Kernels;
using Exo.Engine.KvCaches;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Models;

/// <summary>Embedding models: one vector of a text, compared with another program's.</summary>
public sealed class EncoderTests
{
    public static TheoryData<string> Names => new("bert", "nomic-bert");

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Vectors_are_those_of_the_reference(string name)
    {
        (string file, int[] tokens, float[] expected) = Reference(name);
        using SliceChain chain = new(file, new SliceOptions { Threads = 2, Cache = KvCacheType.F32, Kernels = KernelTier.Judge });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.Last), expected), 0, 1e-9);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_half_precision_cache_stays_near_the_reference(string name)
    {
        (string file, int[] tokens, float[] expected) = Reference(name);
        using SliceChain chain = new(file, new SliceOptions { Threads = 1 });

        Assert.InRange(ReferenceFloats.Nmse(chain.Forward(0, tokens, LogitsWanted.Last), expected), 0, 1e-5);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Cuts_threads_tiers_and_company_change_no_bit(string name)
    {
        (string path, int[] tokens, _) = Reference(name);
        using SliceChain whole = new(path, new SliceOptions { Threads = 1, Kernels = KernelTier.Scalar });
        float[] expected = whole.Forward(0, tokens, LogitsWanted.Last);

        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain chain = new(path, new SliceOptions { Threads = 2 }, cut);
            Assert.Equal(expected, chain.Forward(0, tokens, LogitsWanted.Last));
        }

        using ModelFile file = ModelFile.Open(path);
        using SliceRunner runner = SliceRunner.Load(file, UnitRange.All(file.Spec.LayerCount), new SliceOptions { Threads = 2 });
        using KvCache one = runner.CreateCache(64);
        using KvCache other = runner.CreateCache(64);
        StageBatch batch = new();
        batch.AddTokens(one, 0, tokens.AsSpan(3, 7), LogitsWanted.Last);
        int row = batch.AddTokens(other, 0, tokens, LogitsWanted.Last);
        runner.Forward(batch);
        Assert.Equal(expected, batch.Logits(row));
    }

    [SkippableFact]
    public void A_text_in_parts_is_refused_before_anything_is_computed()
    {
        (string file, int[] tokens, _) = Reference("bert");
        using SliceChain chain = new(file, new SliceOptions { Threads = 1 });
        chain.Forward(0, tokens.AsSpan(0, 4), LogitsWanted.None);

        string later = Assert.Throws<ArgumentException>(() => chain.Forward(4, tokens.AsSpan(4), LogitsWanted.Last)).Message;
        string many = Assert.Throws<ArgumentException>(() => chain.Forward(0, tokens, LogitsWanted.All)).Message;

        Assert.Contains("as a whole", later, StringComparison.Ordinal);
        Assert.Contains("one vector", many, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_footprint_is_what_a_slice_loads()
    {
        (string path, _, _) = Reference("bert");
        using ModelFile file = ModelFile.Open(path);
        Assert.Empty(file.Warnings);
        for (int unit = 0; unit < file.Spec.UnitCount; unit++)
        {
            using SliceRunner runner = SliceRunner.Load(file, new UnitRange(unit, unit + 1), new SliceOptions { Threads = 1 });
            Assert.Equal(file.Footprint.UnitBytes[unit], runner.WeightBytes);
        }
    }

    private static (string File, int[] Tokens, float[] Expected) Reference(string name)
    {
        string folder = ReferenceData.Require("weights", "arch");
        return (Path.Combine(folder, $"{name}.gguf"), ReferenceFloats.Tokens(Path.Combine(folder, $"{name}.tokens.json")), ReferenceFloats.Read(Path.Combine(folder, $"{name}.embedding.f32")));
    }
}
