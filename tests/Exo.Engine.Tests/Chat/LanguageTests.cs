using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Chat.Jinja;

namespace Exo.Engine.Tests.Chat;

public sealed class LanguageTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 15, 12, 34, 56, TimeSpan.Zero);
    private static readonly JsonElement s_root = Read();

    public static TheoryData<string> Names => [.. s_root.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_snippet_renders_as_Jinja_does(string name)
    {
        JsonElement c = s_root.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        Dictionary<string, object?> variables = s_root.GetProperty("context").EnumerateObject().ToDictionary(p => p.Name, p => JsonValues.From(p.Value));

        string? difference = TemplateCase.Difference(c, () => ChatTemplate.Parse(c.GetProperty("template").GetString()!).Render(variables, s_now));

        Assert.Null(difference);
    }

    private static JsonElement Read()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "tests", "data", "chat_templates", "snippets.json");
            if (File.Exists(path))
            {
                return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
            }
        }

        throw new FileNotFoundException($"tests/data/chat_templates/snippets.json is not in a folder above {AppContext.BaseDirectory}.");
    }
}
