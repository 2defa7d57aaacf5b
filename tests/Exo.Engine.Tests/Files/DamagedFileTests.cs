using System.Text.Json;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Models;
using Exo.Engine.Safetensors;
using Exo.Engine.Stages;
using Exo.Testing;

namespace Exo.Engine.Tests.Files;

/// <summary>Hundreds of files with one fault each, and what has to be said about it.</summary>
public sealed class DamagedFileTests
{
    /// <summary>Faults that show when text is tokenized or rendered.</summary>
    private static readonly HashSet<string> s_elsewhere =
    [
        "gguf_chat_template_loop_bomb.gguf",
        "gguf_tokenizer_unknown.gguf",
    ];

    /// <summary>Folders of architectures and weight formats that are refused as a whole, whatever else is wrong with them: the beginning of the name → what is named.</summary>
    private static readonly Dictionary<string, string> s_unsupported = new()
    {
        ["repo_experts_2e31"] = "model_type",
        ["repo_groups_not_dividing"] = "model_type",
        ["repo_top_k_more_than_experts"] = "model_type",
    };

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
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !s_elsewhere.Contains(name) && Judge(folder, name, item) is { } fault)
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
        if (s_unsupported.FirstOrDefault(pair => name.StartsWith(pair.Key, StringComparison.Ordinal)).Value is { } unsupported)
        {
            (verdict, also, names) = ("reject", "reject", [.. names, unsupported]);
        }

        try
        {
            string warnings = Open(Path.Combine(folder, name));
            return verdict == "accept" ? (warnings.Length == 0 ? null : $"accepted, with the warning {warnings}")
                : "accept-with-warning" is { } warned && (verdict == warned || also == warned) && Names(warnings) ? null
                : $"accepted; {verdict} naming {string.Join(" or ", names)} expected; warnings: {warnings}";
        }
        catch (ModelFileException e)
        {
            return (verdict == "reject" || also == "reject") && Names(e.Message) ? null
                : $"{verdict} naming {string.Join(" or ", names)} expected; refused: {e.Message}";
        }
        catch (Exception e) when (e is not ModelFileException)
        {
            return $"{e.GetType().Name} thrown: {e.Message}";
        }

        bool Names(string message) => names.Any(text => message.Replace(folder, "", StringComparison.Ordinal).Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Opens, and loads all weights; gives the warnings.</summary>
    private static string Open(string path)
    {
        if (path.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return string.Join(' ', file.Warnings);
        }

        using ModelFile model = ModelFile.Open(path.TrimEnd('/'));
        using SliceRunner runner = SliceRunner.Load(model, UnitRange.All(model.Spec.LayerCount), new SliceOptions { Threads = 1 });
        return string.Join(' ', model.Warnings);
    }
}
