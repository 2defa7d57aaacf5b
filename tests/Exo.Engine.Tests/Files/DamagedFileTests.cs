using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;
using Exo.Engine.Stages;
using Exo.Engine.Tokens;
using Exo.Testing;

namespace Exo.Engine.Tests.Files;

/// <summary>Hundreds of files with one fault each, and what has to be said about it.</summary>
public sealed class DamagedFileTests
{
    [SkippableTheory]
    [InlineData("gguf_")]
    [InlineData("st_")]
    [InlineData("repo_")]
    public void Every_damaged_file_gets_the_answer_that_the_index_asks_for(string prefix)
    {
        string folder = ReferenceData.Require("malformed");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        List<string> wrong = [];
        foreach (JsonElement item in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            string name = item.GetProperty("path").GetString()!;
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Judge(folder, name, item) is { } fault)
            {
                wrong.Add($"{name}: {fault}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Null when the answer is right.</summary>
    private static string? Judge(string folder, string name, JsonElement item)
    {
        string verdict = item.GetProperty("verdict").GetString()!;
        string also = item.TryGetProperty("also_allowed", out JsonElement allowed) ? allowed.GetString()! : verdict;
        string[] names = item.TryGetProperty("names_any", out JsonElement any) ? [.. any.EnumerateArray().Select(text => text.GetString()!)] : [];
        try
        {
            string warnings = Use(Path.Combine(folder, name));
            return verdict == "accept" ? (warnings.Length == 0 ? null : $"accepted, with the warning {warnings}")
                : "accept-with-warning" is { } warned && (verdict == warned || also == warned) && Names(warnings) ? null
                : $"accepted; {verdict} naming {string.Join(" or ", names)} expected; warnings: {warnings}";
        }
        catch (Exception e) when (e is ModelFileException or ChatTemplateException)
        {
            return (verdict == "reject" || also == "reject") && Names(e.Message) ? null
                : $"{verdict} naming {string.Join(" or ", names)} expected; refused: {e.Message}";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name} thrown: {e.Message}";
        }

        bool Names(string message) => names.Any(text => message.Replace(folder, "", StringComparison.Ordinal).Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Opens, loads all weights, makes the tokenizer and renders the chat template that a GGUF file has; gives the warnings.</summary>
    private static string Use(string path)
    {
        if (path.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return string.Join(' ', file.Warnings);
        }

        using ModelFile model = ModelFile.Open(path.TrimEnd('/'));
        using SliceRunner runner = SliceRunner.Load(model, UnitRange.All(model.Spec.LayerCount), new SliceOptions { Threads = 1 });
        if (path.EndsWith(".gguf", StringComparison.Ordinal))
        {
            Tokenizer.From(model);
            ChatTemplate.From(model)?.Render(new ChatTemplateContext { Messages = [new ChatMessage("user", "Hello!")] });
        }

        return string.Join(' ', model.Warnings);
    }
}
