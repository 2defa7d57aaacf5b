using System.Text;
using Exo.Engine.Gguf;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

public sealed class GgufVocabularyTests
{
    [Theory]
    [InlineData("falcon", new[] { 3 })]
    [InlineData("default", new[] { 0, 1 })]
    public void A_backtick_joins_signs_for_Falcon_alone(string pre, int[] expected)
    {
        Tokenizer tokenizer = ByteLevel(pre, ["(", "`", "a", "(`"], ["( `"]);

        Assert.Equal(expected, tokenizer.Encode("(`", parseSpecial: false));
    }

    [Fact]
    public void Given_a_byte_that_a_byte_level_vocabulary_lacks_Then_it_is_left_out()
    {
        Tokenizer tokenizer = ByteLevel("gpt-2", ["<unk>", "a", "b"], []);

        Assert.Equal([1, 2], tokenizer.Encode("a€b", parseSpecial: false));
    }

    [Theory]
    [InlineData("llama-bpe", true)]
    [InlineData("pixtral", true)]
    [InlineData("tekken", true)]
    [InlineData("gpt-2", false)]
    public void A_file_that_does_not_say_so_begins_prompts_as_its_family_does(string pre, bool expected)
    {
        Assert.Equal(expected, ByteLevel(pre, ["a", "b"], []).AddsBos);
    }

    [Theory]
    [InlineData("lfm2", new[] { 3 })]
    [InlineData("qwen2", new[] { 0, 1, 2 })]
    public void A_word_that_no_merges_lead_to_stays_whole_where_the_family_says(string pre, int[] expected)
    {
        Assert.Equal(expected, ByteLevel(pre, ["a", "b", "c", "abc"], []).Encode("abc", parseSpecial: false));
    }

    private static Tokenizer ByteLevel(string pre, string[] tokens, string[] merges)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".gguf");
        try
        {
            using (BinaryWriter writer = new(File.Create(path)))
            {
                writer.Write("GGUF"u8);
                writer.Write(3u);
                writer.Write(0ul);
                writer.Write(6ul);
                Text(writer, "general.architecture", "gpt2");
                Text(writer, "tokenizer.ggml.model", "gpt2");
                Text(writer, "tokenizer.ggml.pre", pre);
                Texts(writer, "tokenizer.ggml.tokens", tokens);
                Texts(writer, "tokenizer.ggml.merges", merges);
                Write(writer, "tokenizer.ggml.bos_token_id");
                writer.Write(4u);
                writer.Write(0u);
            }

            using GgufFile file = GgufFile.Open(path);
            return Tokenizer.From(file.Metadata);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Text(BinaryWriter writer, string key, string value)
    {
        Write(writer, key);
        writer.Write(8u);
        Write(writer, value);
    }

    private static void Texts(BinaryWriter writer, string key, string[] values)
    {
        Write(writer, key);
        writer.Write(9u);
        writer.Write(8u);
        writer.Write((ulong)values.Length);
        foreach (string value in values)
        {
            Write(writer, value);
        }
    }

    private static void Write(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }
}
