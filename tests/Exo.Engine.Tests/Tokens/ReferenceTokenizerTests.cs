using System.Text.Json;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

public sealed class ReferenceTokenizerTests
{
    public static TheoryData<string> Names { get; } =
        ["llama-spm", "phi-3", "gemma", "gpt-2", "falcon", "starcoder", "deepseek-llm", "llama-bpe", "qwen2", "deepseek-v3", "bert-bge", "t5-unigram"];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Texts_become_the_reference_ids_and_back(string name)
    {
        TokenizerReference reference = TokenizerReference.Gguf(name);

        List<string> wrong = [.. reference.Cases.SelectMany(c => Differences(reference, c))];

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(20))}");
    }

    [SkippableTheory]
    [InlineData("llama-spm")]
    [InlineData("gpt-2")]
    [InlineData("starcoder")]
    [InlineData("bert-bge")]
    [InlineData("t5-unigram")]
    public void A_tokenizer_json_gives_the_same_ids_and_texts(string name)
    {
        TokenizerReference reference = TokenizerReference.Folder(name);

        List<string> wrong = [.. reference.Cases.SelectMany(c => Differences(reference, c))];

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(20))}");
    }

    [SkippableTheory]
    [InlineData("llama-spm")]
    [InlineData("t5-unigram")]
    public void A_tokenizer_model_gives_the_same_ids_and_texts(string name)
    {
        TokenizerReference reference = TokenizerReference.SentencePiece(name);
        JsonElement info = reference.Root.GetProperty("info");

        List<string> wrong = [.. reference.Cases.SelectMany(c => Differences(reference, c))];

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(20))}");
        Assert.Equal(info.GetProperty("add_bos").GetBoolean(), reference.Tokenizer.AddsBos);
        Assert.Equal(info.GetProperty("add_eos").GetBoolean(), reference.Tokenizer.AddsEos);
        Assert.Equal(info.GetProperty("eos_id").GetInt32(), reference.Tokenizer.EosId);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Tokens_are_shown_as_soon_as_their_characters_are_whole(string name)
    {
        TokenizerReference reference = TokenizerReference.Gguf(name);
        Skip.IfNot(reference.Root.TryGetProperty("incremental", out JsonElement walks), "the reference has no streams for encoders");
        foreach (JsonElement walk in walks.EnumerateArray())
        {
            Detokenizer detokenizer = reference.Tokenizer.CreateDetokenizer(showSpecial: true);

            string[] steps = [.. TokenizerReference.Ids(walk.GetProperty("ids")).Select(detokenizer.Push)];

            Assert.Equal(walk.GetProperty("steps").EnumerateArray().Select(s => s.GetString()!), steps);
            Assert.Equal(walk.GetProperty("flush").GetString(), detokenizer.Flush());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void The_ends_of_a_sequence_are_the_reference_s(string name)
    {
        TokenizerReference reference = TokenizerReference.Gguf(name);
        JsonElement info = reference.Root.GetProperty("info");

        Assert.Equal(info.GetProperty("add_bos").GetBoolean(), reference.Tokenizer.AddsBos);
        Assert.Equal(info.GetProperty("add_eos").GetBoolean(), reference.Tokenizer.AddsEos);
        // In qwen2 the id 128247 is the piece "</s>" of ordinary text; the reference ends on it, and HTML with it. We do not.
        Assert.Equal(
            info.GetProperty("eog_ids").EnumerateArray().Select(id => id.GetInt32()).Where(id => (name, id) != ("qwen2", 128247)).Order(),
            reference.Tokenizer.EndOfGenerationIds.Order());
    }

    private static IEnumerable<string> Differences(TokenizerReference reference, JsonElement c)
    {
        string name = c.GetProperty("name").GetString()!;
        string text = reference.Texts[name];
        Tokenizer tokenizer = reference.Tokenizer;
        int[] ids = TokenizerReference.Ids(c.GetProperty("ids"));
        int[] special = c.TryGetProperty("ids_special", out JsonElement stored) ? TokenizerReference.Ids(stored) : ids;
        return new[]
        {
            Compare($"{name} ids", Show(ids), Show(tokenizer.Encode(text, parseSpecial: false))),
            Compare($"{name} ids_special", Show(special), Show(tokenizer.Encode(text, parseSpecial: true))),
            Compare($"{name} text", Text(c, "text", text), tokenizer.Decode(ids, showSpecial: true)),
            Compare($"{name} text_special", Text(c, "text_special", text), tokenizer.Decode(special, showSpecial: true)),
            Compare($"{name} text_skip", Text(c, "text_skip", text), tokenizer.Decode(special)),
        }.OfType<string>();
    }

    private static string? Text(JsonElement c, string key, string input) =>
        !c.TryGetProperty(key, out JsonElement text) ? input : text.ValueKind == JsonValueKind.Null ? null : text.GetString();

    private static string? Compare(string what, string? expected, string actual) =>
        expected is null || expected == actual ? null : $"{what}: expected {Shorten(expected)} but was {Shorten(actual)}";

    private static string Show(int[] ids) => string.Join(' ', ids);

    private static string Shorten(string text) => text.Length > 200 ? JsonSerializer.Serialize(text[..200]) + "…" : JsonSerializer.Serialize(text);
}
