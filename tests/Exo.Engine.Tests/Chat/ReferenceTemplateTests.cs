using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Chat.Jinja;
using Exo.Testing;

namespace Exo.Engine.Tests.Chat;

public sealed class ReferenceTemplateTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 15, 12, 34, 56, TimeSpan.Zero);

    [SkippableFact]
    public void Templates_of_real_models_render_as_the_reference_does()
    {
        string folder = ReferenceData.Require("chat_templates");
        Dictionary<string, JsonElement> contexts = Read(Path.Combine(folder, "contexts.json")).EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!);
        List<string> wrong = [];
        foreach (JsonElement entry in Read(Path.Combine(folder, "templates.json")).EnumerateArray())
        {
            string name = entry.GetProperty("name").GetString()!;
            ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(folder, entry.GetProperty("file").GetString()!)));
            foreach (JsonElement c in Read(Path.Combine(folder, "cases", name + ".json")).EnumerateArray())
            {
                JsonElement context = contexts[c.GetProperty("context").GetString()!];
                string? difference = Difference(c, () => template.Render(Context(context, entry)));
                if (difference is not null)
                {
                    wrong.Add(difference);
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(25))}");
    }

    [SkippableFact]
    public void Snippets_of_the_language_render_as_the_reference_does()
    {
        JsonElement root = Read(ReferenceData.Require("chat_templates", "language", "snippets.json"));
        List<string> wrong = [];
        foreach (JsonElement c in root.GetProperty("cases").EnumerateArray())
        {
            Dictionary<string, object?> variables = root.GetProperty("context").EnumerateObject().ToDictionary(p => p.Name, p => JsonValues.From(p.Value));
            string? difference = Difference(c, () => ChatTemplate.Parse(c.GetProperty("template").GetString()!).Render(variables, s_now));
            if (difference is not null)
            {
                wrong.Add($"{c.GetProperty("template")}: {difference}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(60))}");
    }

    internal static string? Difference(JsonElement c, Func<string> render)
    {
        string name = c.GetProperty("name").GetString()!;
        string? text = null;
        ChatTemplateException? failure = null;
        try
        {
            text = render();
        }
        catch (ChatTemplateException thrown)
        {
            failure = thrown;
        }

        if (c.TryGetProperty("expected", out JsonElement expected))
        {
            return text == expected.GetString() ? null : $"{name}: expected {Around(expected.GetString()!, text ?? "")} but {(failure is null ? "was " + Around(text!, expected.GetString()!) : failure.Message)}";
        }

        if (c.TryGetProperty("raises", out JsonElement raises))
        {
            return failure is { IsRefusal: true } && failure.Reason == raises.GetString() ? null : $"{name}: expected the refusal \"{raises}\" but was {failure?.Message ?? text}";
        }

        return failure is { IsRefusal: false } ? null : $"{name}: expected a failure ({c.GetProperty("error")}) but was {failure?.Message ?? JsonSerializer.Serialize(text)}";
    }

    private static ChatTemplateContext Context(JsonElement context, JsonElement template) => new()
    {
        Messages = [.. context.GetProperty("messages").EnumerateArray().Select(ChatMessage.FromJson)],
        Tools = context.GetProperty("tools"),
        AddGenerationPrompt = context.GetProperty("add_generation_prompt").GetBoolean(),
        BosToken = template.GetProperty("bos_token").GetString()!,
        EosToken = template.GetProperty("eos_token").GetString()!,
        Extra = context.GetProperty("extra").EnumerateObject().ToDictionary(p => p.Name, p => p.Value),
        Now = s_now,
    };

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private static string Around(string text, string other)
    {
        int same = text.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        int from = Math.Max(0, same - 30);
        return JsonSerializer.Serialize(text[from..Math.Min(text.Length, same + 60)]);
    }
}
