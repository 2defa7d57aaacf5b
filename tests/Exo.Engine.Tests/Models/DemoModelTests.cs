using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Engine.Stages;
using Exo.Engine.Tests.Stages;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Models;

/// <summary>
/// The embedded model, from a question to token ids: template, tokenizer and arithmetic against what the training program
/// computed from the same file. Runs in a bare clone.
/// </summary>
public sealed class DemoModelTests
{
    private static readonly string s_folder = Folder();

    public static TheoryData<int> Questions => [.. Enumerable.Range(0, Expected().Length)];

    [Theory]
    [MemberData(nameof(Questions))]
    public void A_question_becomes_the_ids_of_the_training_program_and_so_does_the_answer(int index)
    {
        JsonElement expected = Expected()[index];
        string path = Path.Combine(s_folder, "exo-demo.gguf");
        using ModelFile file = ModelFile.Open(path);
        Tokenizer tokenizer = Tokenizer.From(file);
        string prompt = ChatTemplate.From(file)!.Render(new ChatTemplateContext { Messages = [new ChatMessage("user", expected.GetProperty("question").GetString()!)] });
        int[] ids = tokenizer.Encode(prompt, parseSpecial: true);
        int[] answer = Ints(expected.GetProperty("greedy_ids"));
        using SliceChain chain = new(path, new SliceOptions { Threads = 1 }, 3, 7);

        int[] chosen = chain.Greedy(ids, answer.Length)[ids.Length..];

        Assert.Equal(expected.GetProperty("prompt").GetString(), prompt);
        Assert.Equal(Ints(expected.GetProperty("prompt_ids")), ids);
        Assert.Equal(answer, chosen);
        Assert.Equal(expected.GetProperty("text").GetString(), tokenizer.Decode(chosen));
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    private static JsonElement[] Expected() =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, "exo-demo.expected.json"))).RootElement.EnumerateArray()];

    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Exo.sln")))
            {
                return Path.Combine(folder.FullName, "models");
            }
        }

        throw new InvalidOperationException("The tests must run inside a checkout.");
    }
}
