using System.Text.Json;
using Exo.Engine.Formats;

namespace Exo.Engine.Chat;

/// <summary>Finds the chat template in a folder of the Hugging Face form.</summary>
internal static class FolderTemplate
{
    /// <summary>The source; null if there is none.</summary>
    /// <exception cref="ModelFileException">tokenizer_config.json is no JSON, or its chat_template no template.</exception>
    public static string? Read(string folder)
    {
        string own = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(own))
        {
            return File.ReadAllText(own);
        }

        string config = Path.Combine(folder, "tokenizer_config.json");
        return File.Exists(config) ? FromConfig(config) : null;
    }

    /// <summary>The template in a tokenizer_config.json.</summary>
    public static string? FromConfig(string path)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("chat_template", out JsonElement template))
            {
                return null;
            }

            return template.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => template.GetString(),
                JsonValueKind.Array => Default(template, path),
                _ => throw Wrong(path),
            };
        }
        catch (JsonException failure)
        {
            throw new ModelFileException($"{path}: the file is no JSON ({failure.Message}). Download the model again.", failure);
        }
    }

    // Several templates by name: the one for conversations is called "default".
    private static string? Default(JsonElement templates, string path)
    {
        foreach (JsonElement entry in templates.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.GetString() == "default"
                && entry.TryGetProperty("template", out JsonElement template))
            {
                return template.ValueKind == JsonValueKind.String ? template.GetString() : throw Wrong(path);
            }
        }

        return null;
    }

    private static ModelFileException Wrong(string path) =>
        new($"{path}: chat_template is neither a text nor a list of named texts. Download the model again.");
}
