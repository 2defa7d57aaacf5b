using System.Runtime.InteropServices;
using System.Text.Json;
using Exo.Host.Terminal;
using Exo.Testing;
using Exo.Testing.Published;

namespace Exo.Host.Tests.Commands;

/// <summary>What the commands do with embedding models, as GGUF files and as folders.</summary>
[Collection("console")]
public sealed class EmbeddingCommandTests
{
    [SkippableTheory]
    [InlineData("bert", null)]
    [InlineData("bert", "bert")]
    [InlineData("bert", "bert-tanh")]
    [InlineData("nomic-bert", null)]
    [InlineData("nomic-bert", "nomic-bert")]
    public async Task The_vector_of_a_text_is_written_and_nothing_is_generated(string reference, string? published)
    {
        string gguf = Path.Combine(ReferenceData.Require("weights", "arch"), reference + ".gguf");
        using PublishedFolder? folder = published is null ? null : PublishedFolder.Write(gguf, PublishedModels.Of(published));
        string model = folder?.Path ?? gguf;
        string output = Path.GetTempFileName();
        try
        {
            string tokens = string.Join(',', Read(File.ReadAllText(Path.ChangeExtension(gguf, ".tokens.json"))).GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()));
            (int code, _, string error) = await ConsoleRun.RunAsync("logits", model, "--tokens", tokens, "--out", output, "--kernels", "judge", "--cut", "1,2");
            (int refused, string nothing, string reason) = await ConsoleRun.RunAsync("generate", model, "--tokens", tokens);

            Assert.True(code == ExitCode.Ok, error);
            float[] expected = Floats(Path.ChangeExtension(gguf, ".embedding.f32"));
            double largest = published == "bert" ? 1e-2 : 1e-4; // GELU by the error function is another function.
            Assert.All(Floats(output).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, largest));
            Assert.Equal(expected.Length, Floats(output).Length);
            Assert.Equal(ExitCode.Failure, refused);
            Assert.Empty(nothing);
            Assert.Contains("vectors", reason);
        }
        finally
        {
            File.Delete(output);
        }
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData("bert")]
    public async Task Its_description_says_how_the_vector_is_made(string? published)
    {
        string gguf = Path.Combine(ReferenceData.Require("weights", "arch"), "bert.gguf");
        using PublishedFolder? folder = published is null ? null : PublishedFolder.Write(gguf, PublishedModels.Of(published));
        string model = folder?.Path ?? gguf;

        (int code, string text, _) = await ConsoleRun.RunAsync("inspect", model);
        (_, string json, _) = await ConsoleRun.RunAsync("inspect", model, "--json");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("of a text a vector of 48 numbers (mean of the tokens)", text);
        Assert.Equal("mean", Read(json).GetProperty("pooling").GetString());
    }

    [SkippableFact]
    public async Task What_a_folder_holds_beside_the_language_model_is_told()
    {
        using PublishedFolder folder = PublishedFolder.Write(Path.Combine(ReferenceData.Require("weights", "arch"), "llama4.gguf"), PublishedModels.Of("llama4"));

        (int code, string text, _) = await ConsoleRun.RunAsync("inspect", folder.Path);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("2 tensors belong to other parts of the model", text);
        Assert.Contains("512 tokens, chunks of 8192", text);
    }

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static JsonElement Read(string text) => JsonDocument.Parse(text).RootElement;
}
