using Exo.Engine.Formats;
using Exo.Engine.Gguf;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;

namespace Exo.Engine.Architectures;

/// <summary>The architectures that can be computed. docs/adding-a-model.md tells how one is added.</summary>
internal static class ModelRegistry
{
    private static readonly ModelArchitecture[] s_all =
    [
        new Bert(),
        new CommandR(),
        new Cohere2(),
        new DeepSeek(),
        new DeepSeek2(),
        new Falcon(),
        new Gemma(),
        new Gemma2(),
        new Gemma3(),
        new Glm4(),
        new Gpt2(),
        new GptOss(),
        new Granite(),
        new GraniteMoe(),
        new InternLm2(),
        new Llama(),
        new Llama4(),
        new Mamba(),
        new MiniCpm3(),
        new Mistral3(),
        new NomicBert(),
        new Olmo2(),
        new Phi2(),
        new Phi3(),
        new PhiMoe(),
        new Qwen2(),
        new Qwen2Moe(),
        new Qwen3(),
        new Qwen35(),
        new Qwen3Moe(),
        new Qwen3Next(),
        new SmolLm3(),
        new StableLm(),
        new StarCoder2(),
    ];

    /// <summary>Values of model_type of models that see or hear too, of which the language part, which text_config describes, is computed; and that part's own, where it does not say.</summary>
    private static readonly Dictionary<string, string> s_wrappers = new()
    {
        ["gemma3"] = "gemma3_text",
        ["llama4"] = "llama4_text",
        ["mistral3"] = "mistral",
        ["qwen3_5"] = "qwen3_5_text",
    };

    /// <summary>Names of all architectures in GGUF files, sorted.</summary>
    public static IEnumerable<string> Names => s_all.Select(architecture => architecture.Name).Order(StringComparer.Ordinal);

    /// <summary>The architecture of a GGUF file.</summary>
    /// <exception cref="ModelFileException">It is not named, or not known.</exception>
    public static ModelArchitecture Of(GgufMetadata metadata)
    {
        const string Key = "general.architecture";
        string name = metadata.RequireString(Key);
        return Array.Find(s_all, architecture => architecture.Name == name)
            ?? throw metadata.Refuse(Key, Unknown(name));
    }

    /// <summary>The architecture of a folder in the Hugging Face form.</summary>
    /// <param name="config">What <see cref="LanguageOf"/> gives.</param>
    /// <exception cref="ModelFileException">It is not named, or not known.</exception>
    public static ModelArchitecture Of(FolderConfig config)
    {
        const string Key = "model_type";
        string given = config.Text(Key) ?? throw config.Missing(Key);
        string name = config.IsPart ? s_wrappers.GetValueOrDefault(given, given) : given;
        return Array.Find(s_all, architecture => architecture.FolderTypes.Contains(name))
            ?? throw config.Refuse(Key, Unknown(given));
    }

    /// <summary>The part of config.json that describes the language model: all of it, or text_config of a model that sees or hears too.</summary>
    public static FolderConfig LanguageOf(FolderConfig config) =>
        config.Text("model_type") is { } type && s_wrappers.ContainsKey(type) && config.Part("text_config") is { } part ? part : config;

    private static string Unknown(string name) =>
        $"is \"{name}\", an architecture that this program does not know. It knows {string.Join(", ", Names)}; docs/adding-a-model.md tells how one is added.";
}
