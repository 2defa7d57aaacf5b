using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;

namespace Exo.Engine.Tests.Models;

/// <summary>
/// GGUF files as converters of other ages and with other options write them: the small models with other metadata and tensors. The numbers are the first logits of the last of
/// the model's tokens that llama.cpp computes for such a file (f32 cache, no flash attention).
/// </summary>
public sealed class GgufVariantTests : IDisposable
{
    private readonly DirectoryInfo _room = Directory.CreateTempSubdirectory("exo-variants-");

    private static readonly Dictionary<string, (string Model, Action<GgufRewriter> Edit, float[] Logits)> s_variants = new()
    {
        ["a factor without a scaling type is linear"] = ("tiny-llama", file => file.Set("llama.rope.scaling.factor", 4f), [-1.05418f, -1.06237f, -0.900655f, 2.29907f]),
        ["the first name of the factor"] = ("tiny-llama", file => file.Set("llama.rope.scale_linear", 4f), [-1.05418f, -1.06237f, -0.900655f, 2.29907f]),
        ["a factor of 0 is none"] = ("tiny-llama", file => file.Set("llama.rope.scaling.factor", 0f), [-1.75909f, -2.12474f, -0.74538f, 0.340703f]),
        ["queries, keys and values in one tensor"] = ("tiny-llama", file => Fuse(file, 3), [-1.75909f, -2.12474f, -0.74538f, 0.340703f]),
        ["the same with biases"] = ("gpt-oss", file => Fuse(file, 4), [3.71161f, -2.66448f, 2.54578f, 0.313267f]),
        ["the same beside layers with a state"] = ("qwen3next", file => Fuse(file, 4), [-1.50457f, 1.59305f, 2.51461f, -2.64563f]),
        ["gate and up of experts in one tensor"] = ("deepseek2-v3", file => FuseExperts(file, 3), [-2.81741f, -1.19206f, -0.477193f, 1.61299f]),
        ["a number for each layer"] = ("tiny-llama", file => file.Set("llama.attention.head_count", new[] { 4, 4, 4 }).Set("llama.attention.head_count_kv", new[] { 1, 1, 1 }).Set("llama.feed_forward_length", new[] { 64, 64, 64 }), [-1.75909f, -2.12474f, -0.74538f, 0.340703f]),
        ["a period of sliding layers"] = ("gemma2", file => file.Set("gemma2.attention.sliding_window_pattern", 3), [-0.670281f, -0.19818f, 1.68618f, 0.0235935f]),
        ["sliding layers as integers"] = ("gemma2", file => file.Set("gemma2.attention.sliding_window_pattern", new[] { 0, 1, 1 }), [-1.33029f, 1.18214f, 0.548869f, 2.06484f]),
        ["sliding layers with a base of their own"] = ("gpt-oss", file => file.Set("gpt-oss.rope.freq_base_swa", 1000f), [2.64588f, -4.58871f, 2.60506f, 0.653883f]),
        ["caps that are not told"] = ("gemma2", file => file.Remove("gemma2.attn_logit_softcapping").Remove("gemma2.final_logit_softcapping"), [-0.653314f, -0.618209f, 2.07926f, -0.131208f]),
        ["layers that guess tokens ahead"] = ("deepseek2-v3", file => file.Set("deepseek2.nextn_predict_layers", 1), [-2.48058f, -0.570238f, -0.0441176f, 1.03997f]),
        ["recurrent layers by name"] = ("qwen3next", file => file.Remove("qwen3next.full_attention_interval").Set("qwen3next.attention.recurrent_layers", new[] { true, true, true, false }), [-1.50457f, 1.59305f, 2.51461f, -2.64563f]),
        ["experts whose size is not told"] = ("qwen3next", file => file.Remove("qwen3next.expert_feed_forward_length").Set("qwen3next.feed_forward_length", 20), [-1.50457f, 1.59305f, 2.51461f, -2.64563f]),
        ["YaRN with another multiplier"] = ("tiny-llama", file => Yarn(file.Architecture("llama", "mistral3"), "mistral3").Set("mistral3.rope.scaling.yarn_log_multiplier", 0.5f), [-1.52285f, -3.10736f, -3.06052f, 1.37766f]),
        ["latent attention without the multiplier"] = ("deepseek2-v3", file => file.Remove("deepseek2.rope.scaling.yarn_log_multiplier").Set("deepseek2.rope.scaling.attn_factor", 1.25f), [-0.55756f, -0.00975642f, 0.684901f, 1.28777f]),
        ["latent attention that grows"] = ("deepseek2-v3", file => file.Set("deepseek2.attention.temperature_scale", 0.4f).Set("deepseek2.attention.temperature_length", 4), [-2.36403f, -0.33028f, -1.72444f, 2.26324f]),
        ["groups of experts by softmax"] = ("deepseek2-v3", file => file.Set("deepseek2.expert_gating_func", 1), [-1.36522f, -0.101481f, 0.455301f, 1.81705f]),
        ["experts of Ministral"] = ("tiny-llama", file => Mix(file.Architecture("llama", "mistral3"), "mistral3", 3), [-2.07323f, -1.61846f, -0.964197f, 1.33644f]),
        ["experts of Granite"] = ("tiny-llama", file => Mix(file.Architecture("llama", "granite"), "granite", 3).Set("granite.logit_scale", 2f), [-1.03661f, -0.809228f, -0.482099f, 0.668218f]),
        ["a model without positions"] = ("tiny-llama", file => file.Architecture("llama", "granite").Set("granite.logit_scale", 2f).Set("granite.rope.scaling.finetuned", false), [-1.33752f, -1.94479f, -0.963811f, 0.801239f]),
    };

    public static TheoryData<string> Names { get; } = [.. s_variants.Keys];

    public void Dispose() => _room.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Variant_gives_the_numbers_of_the_reference(string name)
    {
        (string model, Action<GgufRewriter> edit, float[] expected) = s_variants[name];
        int[] tokens = ReferenceFloats.Tokens(TestData.Find("models", $"{model}.tokens.json"));

        float[] actual = Last(Written(model, edit), tokens);

        Assert.All(actual.Take(4).Zip(expected), pair => Assert.InRange(pair.First, pair.Second - 1e-4, pair.Second + 1e-4));
    }

    [Fact]
    public void Window_that_is_not_told_is_that_of_the_published_models()
    {
        using ModelFile file = ModelFile.Open(Written("gemma2", file => file.Remove("gemma2.attention.sliding_window")));

        Assert.Equal((4096, 0, 4096), (file.Spec.WindowOf(0), file.Spec.WindowOf(1), file.Spec.WindowOf(2)));
    }

    [Fact]
    public void Table_of_token_types_may_be_a_vector_or_absent()
    {
        int[] tokens = ReferenceFloats.Tokens(TestData.Find("models", "bert.tokens.json"));
        const string Types = "token_types.weight";
        const string Count = "tokenizer.ggml.token_type_count";

        float[] both = Last(Written("bert", _ => { }), tokens);
        float[] one = Last(Written("bert", file => file.Set(Count, 1).Tensors[Types] = ([48], file.Tensors[Types].Data[..(48 * sizeof(float))])), tokens);
        float[] none = Last(Written("bert", file => file.Tensors.Remove(Types)), tokens);
        float[] zero = Last(Written("bert", file => file.Tensors[Types] = (file.Tensors[Types].Sizes, new byte[2 * 48 * sizeof(float)])), tokens);

        Assert.Equal(both, one);
        Assert.Equal(zero, none);
        Assert.NotEqual(both, none);
    }

    [Theory]
    [InlineData("llama.attention.head_count_kv", new[] { 1, 2, 1 })]
    [InlineData("llama.feed_forward_length", new[] { 64, 64 })]
    public void Layers_of_different_sizes_are_refused_with_the_key(string key, int[] values)
    {
        string path = Written("tiny-llama", file => file.Set(key, values));

        Assert.Contains(key, Assert.Throws<ModelFileException>(() => ModelFile.Open(path).Dispose()).Message, StringComparison.Ordinal);
    }

    private static float[] Last(string path, int[] tokens)
    {
        using SliceChain chain = new(path, new SliceOptions { Threads = 1, Cache = KvCacheType.F32, Kernels = KernelTier.Judge });
        return chain.Forward(0, tokens, LogitsWanted.Last);
    }

    private static void Fuse(GgufRewriter file, int layers)
    {
        foreach (string layer in Enumerable.Range(0, layers).Select(layer => $"blk.{layer}."))
        {
            file.Join(layer + "attn_qkv.weight", layer + "attn_q.weight", layer + "attn_k.weight", layer + "attn_v.weight");
            file.Join(layer + "attn_qkv.bias", layer + "attn_q.bias", layer + "attn_k.bias", layer + "attn_v.bias");
        }
    }

    private static void FuseExperts(GgufRewriter file, int layers)
    {
        foreach (string layer in Enumerable.Range(0, layers).Select(layer => $"blk.{layer}."))
        {
            file.Join(layer + "ffn_gate_up_exps.weight", layer + "ffn_gate_exps.weight", layer + "ffn_up_exps.weight");
        }
    }

    /// <summary>Two experts on each layer, its own feed-forward block and the next layer's; the router is two rows of the keys' matrix.</summary>
    private static GgufRewriter Mix(GgufRewriter file, string architecture, int layers)
    {
        Dictionary<string, (long[] Sizes, byte[] Data)> dense = new(file.Tensors);
        foreach (int layer in Enumerable.Range(0, layers))
        {
            foreach (string part in new[] { "ffn_gate", "ffn_up", "ffn_down" })
            {
                (long[] sizes, byte[] data) = dense[$"blk.{layer}.{part}.weight"];
                file.Tensors.Remove($"blk.{layer}.{part}.weight");
                file.Tensors[$"blk.{layer}.{part}_exps.weight"] = ([.. sizes, 2], [.. data, .. dense[$"blk.{(layer + 1) % layers}.{part}.weight"].Data]);
            }

            (long[] keys, byte[] rows) = dense[$"blk.{layer}.attn_k.weight"];
            file.Tensors[$"blk.{layer}.ffn_gate_inp.weight"] = ([keys[0], 2], rows[..(int)(2 * keys[0] * sizeof(float))]);
        }

        return file.Set($"{architecture}.expert_count", 2).Set($"{architecture}.expert_used_count", 1);
    }

    private static GgufRewriter Yarn(GgufRewriter file, string architecture) => file
        .Set($"{architecture}.rope.scaling.type", "yarn")
        .Set($"{architecture}.rope.scaling.factor", 8f)
        .Set($"{architecture}.rope.scaling.original_context_length", 16);

    private string Written(string model, Action<GgufRewriter> edit)
    {
        GgufRewriter file = new(TestData.Find("models", $"{model}.gguf"));
        edit(file);
        string path = Path.Combine(_room.FullName, "variant.gguf");
        file.Write(path);
        return path;
    }
}
