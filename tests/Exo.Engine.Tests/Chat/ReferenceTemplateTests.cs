using System.Text.Json;
using Exo.Engine.Chat;
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
                string? difference = TemplateCase.Difference(c, () => template.Render(Context(context, entry)));
                if (difference is not null)
                {
                    wrong.Add(difference);
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(25))}");
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
}
