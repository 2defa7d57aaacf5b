using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Kernels;
using Exo.Engine.Models;
using Exo.Engine.Stages;
using Exo.Testing.Published;

namespace Exo.Bench;

/// <summary>`models`: how far the logits of each reference model are from the reference's; prints the tables of docs/models.md.</summary>
internal static class ModelBench
{
    public static Task Run(string[] arguments)
    {
        string data = Environment.GetEnvironmentVariable("EXO_REFERENCE_DATA") ?? throw new InvalidOperationException("EXO_REFERENCE_DATA must name the folder of the reference data.");
        Console.WriteLine("| architecture | model | NMSE |\n|---|---|--:|");
        string arch = Path.Combine(data, "weights", "arch");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(arch, "index.json")));
        foreach (JsonElement model in index.RootElement.GetProperty("models").EnumerateArray().OrderBy(model => Text(model, "arch"), StringComparer.Ordinal))
        {
            float[] expected = Floats(Path.Combine(arch, Text(model, "reference")));
            string nmse = Measure(Path.Combine(arch, Text(model, "file")), Ids(model.GetProperty("tokens")), expected, Nmse);
            Console.WriteLine($"| {Text(model, "arch")} | {string.Join("; ", model.GetProperty("features").EnumerateArray().Select(feature => feature.GetString()))} | {nmse} |");
        }

        Console.WriteLine("\n| encoding | bits a weight | judge | default kernels | llama.cpp |\n|---|--:|--:|--:|--:|");
        string encodings = Path.Combine(data, "weights", "encodings");
        using JsonDocument encoded = JsonDocument.Parse(File.ReadAllText(Path.Combine(encodings, "index.json")));
        int[] ids = Ids(encoded.RootElement.GetProperty("tokens"));
        foreach (JsonElement encoding in encoded.RootElement.GetProperty("encodings").EnumerateArray())
        {
            string path = Path.Combine(encodings, Text(encoding, "file"));
            float[] expected = Floats(Path.Combine(encodings, Text(encoding, "dequant_logits")));
            TensorType type = Enum.Parse<TensorType>(Text(encoding, "type"));
            string bits = (type.RowBytes(256) / 32.0).ToString("0.###", CultureInfo.InvariantCulture);
            string native = encoding.GetProperty("nmse_native_vs_dequantised").GetDouble().ToString("0.0e+0", CultureInfo.InvariantCulture);
            Console.WriteLine($"| {type} | {bits} | {Measure(path, ids, expected, Nmse)} | {Measure(path, ids, expected, Nmse, KernelTier.Auto)} | {native} |");
        }

        Console.WriteLine("\n| folder | largest difference |\n|---|--:|");
        foreach (string folder in Directory.GetDirectories(Path.Combine(data, "hf")).Order(StringComparer.Ordinal))
        {
            using JsonDocument tokens = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokens.json")));
            string largest = Measure(folder, Ids(tokens.RootElement.GetProperty("tokens")), Floats(Path.Combine(folder, "logits.f32")), Largest);
            Console.WriteLine($"| {Path.GetFileName(folder)} | {largest} |");
        }

        Console.WriteLine("\n| architecture | folder | model_type | NMSE |\n|---|---|---|--:|");
        foreach (PublishedModel model in PublishedModels.All.OrderBy(model => model.Name, StringComparer.Ordinal))
        {
            Published(Path.Combine(arch, model.Gguf + ".gguf"), model);
        }

        return Task.CompletedTask;
    }

    private static void Published(string gguf, PublishedModel model)
    {
        using PublishedFolder folder = PublishedFolder.Write(gguf, model);
        using JsonDocument tokens = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(gguf, ".tokens.json")));
        using JsonDocument config = JsonDocument.Parse(model.Config);
        using ModelFile file = ModelFile.Open(folder.Path);
        float[] expected = Floats(model.Logits is { } own ? Path.Combine("tests", "data", "models", own) : Path.ChangeExtension(gguf, file.Spec.Pooling == Pooling.None ? ".logits.f32" : ".embedding.f32"));
        string nmse = Measure(folder.Path, Ids(tokens.RootElement.GetProperty("tokens")), expected, Nmse);
        Console.WriteLine($"| {file.Spec.Architecture} | {model.Name} | {Text(config.RootElement, "model_type")} | {nmse}{(model.SameBits ? ", the bits of the GGUF file" : model.Logits is not null ? ", of its own definition" : model.OtherNumbers ? " (GELU by erf; the reference computes its tanh form)" : "")} |");
    }

    private static string Measure(string path, int[] tokens, float[] expected, Func<float[], float[], double> error, KernelTier kernels = KernelTier.Judge)
    {
        try
        {
            using ModelFile file = ModelFile.Open(path);
            using ModelRun run = new(file, new SliceOptions { Kernels = kernels, Cache = KvCacheType.F32, Threads = 1 }, 256);
            return error(run.Forward(tokens, file.Spec.Pooling == Pooling.None ? LogitsWanted.All : LogitsWanted.Last).ToArray(), expected).ToString("0.0e+0", CultureInfo.InvariantCulture);
        }
        catch (ModelFileException e)
        {
            return "refused: " + e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        }
    }

    private static double Nmse(float[] actual, float[] expected) =>
        actual.Zip(expected, (a, e) => ((double)a - e) * ((double)a - e)).Sum() / expected.Sum(e => (double)e * e);

    private static double Largest(float[] actual, float[] expected) => actual.Zip(expected, (a, e) => Math.Abs((double)a - e)).Max();

    private static float[] Floats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    private static int[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
