using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;

namespace Exo.Engine.Tests.Models;

/// <summary>A few of the reference models, which every clone has: one for each kind of layer.</summary>
public sealed class SmallModelTests
{
    [Theory]
    [InlineData("gemma2", "logits")]
    [InlineData("gpt-oss", "logits")]
    [InlineData("deepseek2-v3", "logits")]
    [InlineData("qwen3next", "logits")]
    [InlineData("mamba", "logits")]
    [InlineData("bert", "embedding")]
    public void Outputs_are_those_of_the_reference_and_do_not_depend_on_the_cut(string name, string kind)
    {
        float[] expected = ReferenceFloats.Read(TestData.Find("models", $"{name}.{kind}.f32"));
        int[] tokens = ReferenceFloats.Tokens(TestData.Find("models", $"{name}.tokens.json"));
        string file = TestData.Find("models", $"{name}.gguf");
        SliceOptions options = new() { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge };
        using SliceChain whole = new(file, options);
        LogitsWanted wanted = whole.Spec.Pooling == Pooling.None ? LogitsWanted.All : LogitsWanted.Last;

        float[] actual = whole.Forward(0, tokens, wanted);

        Assert.InRange(ReferenceFloats.Nmse(actual, expected), 0, 1e-9);
        for (int cut = 1; cut <= whole.Spec.LayerCount + 1; cut++)
        {
            using SliceChain chain = new(file, options, cut);
            Assert.Equal(actual, chain.Forward(0, tokens, wanted));
        }
    }
}
