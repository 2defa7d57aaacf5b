using System.Text;
using System.Text.Json;
using Exo.Engine.Chat;
using Exo.Engine.Files;
using Exo.Engine.Formats;
using Exo.Engine.Tokens;
using Entry = Exo.Engine.Tests.Files.SmallFolder.Entry;

namespace Exo.Engine.Tests.Files;

/// <summary>JSON with texts that are none, in every file of a folder.</summary>
public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("{\"a\": \"\\ud800\"}", "surrogate")]
    [InlineData("{\"\\uDC00\": 1}", "surrogate")]
    [InlineData("[\"\\ud83d\\ud83d\"]", "surrogate")]
    [InlineData("{\"a\": \"\u00ff\"}", "UTF-8")]
    [InlineData("{\"a\": ", "JSON")]
    public void A_text_that_is_none_is_refused_when_the_file_is_read(string json, string named) =>
        Assert.Contains(named, Assert.ThrowsAny<JsonException>(() => StrictJson.Parse(Encoding.Latin1.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Whole_pairs_and_comments_that_the_options_allow_are_read()
    {
        using JsonDocument document = StrictJson.Parse("// pairs\n[\"\\uD83D\\ude00\"]"u8.ToArray(), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });

        Assert.Equal("😀", document.RootElement[0].GetString());
    }

    [Theory]
    [InlineData("config.json", "{\"model_type\": \"\\ud800\"}")]
    [InlineData("model.safetensors.index.json", "{\"weight_map\": {\"\\ud800\": \"model.safetensors\"}}")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 0}, \"merges\": []}}")]
    [InlineData("tokenizer_config.json", "{\"chat_template\": \"\\ud800\"}")]
    public void Such_a_file_is_refused_by_its_name(string name, string json)
    {
        using SmallFolder folder = SmallFolder.Write("{\"model_type\": \"llama\"}", Entry.Of("x", [1], 1f));
        File.WriteAllText(folder.FileOf(name), json);
        Action read = name switch
        {
            "tokenizer.json" => () => Tokenizer.FromFolder(folder.Path),
            "tokenizer_config.json" => () => FolderTemplate.Read(folder.Path),
            _ => () => ModelFile.Open(folder.Path),
        };

        Assert.Contains(name, Assert.Throws<ModelFileException>(read).Message, StringComparison.Ordinal);
    }
}
