using Exo.Engine.Formats;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

public sealed class SentencePieceFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exo-pieces-").FullName;

    [Fact]
    public void Tokens_that_the_folder_adds_are_found_beside_the_pieces()
    {
        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.model"), Pieces(algorithm: 2));
        File.WriteAllText(Path.Combine(_folder, "added_tokens.json"), """{"<x>": 7}""");
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), """{"add_bos_token": false, "eos_token": "<end>", "added_tokens_decoder": {"6": {"content": "<end>", "special": true, "rstrip": true}}}""");

        Tokenizer tokenizer = Tokenizer.FromFolder(_folder);

        Assert.Equal([5, 6, 5, 7], tokenizer.Encode("ab<end>  ab<x>", parseSpecial: true));
        Assert.Equal((false, 6, true), (tokenizer.AddsBos, tokenizer.EosId!.Value, tokenizer.EndOfGenerationIds.Contains(6)));
        Assert.Equal("ab", tokenizer.Decode([5]).Trim());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void An_algorithm_that_is_not_known_is_named(int algorithm)
    {
        File.WriteAllBytes(Path.Combine(_folder, "tokenizer.model"), Pieces(algorithm));

        Assert.Contains("model_type", Assert.Throws<ModelFileException>(() => Tokenizer.FromFolder(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_kind_or_cut_short_is_refused()
    {
        string path = Path.Combine(_folder, "tokenizer.model");
        byte[] whole = Pieces(algorithm: 2);
        Random random = new(5);
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = [.. whole.AsSpan(0, i < whole.Length ? i : whole.Length)];
            for (int flips = i < whole.Length ? 0 : random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.NotNull(Tokenizer.FromFolder(_folder));
            }
            catch (ModelFileException e)
            {
                refused++;
                Assert.Contains("tokenizer.model", e.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, 100, 2999);
        File.WriteAllText(path, "IQ== 0\nIg== 1\n");
        Assert.Contains("is no SentencePiece model", Assert.Throws<ModelFileException>(() => Tokenizer.FromFolder(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "▁|x")]
    [InlineData("  é€  ", "▁|<unk>")]
    [InlineData("axa", "▁|a|x|a")]
    [InlineData("a▁", "▁|a")]
    [InlineData("▁▁", "")]
    public void A_file_of_its_own_is_read_as_SentencePiece_reads_it(string text, string expected)
    {
        foreach (int algorithm in new[] { 1, 2 })
        {
            File.WriteAllBytes(Path.Combine(_folder, "tokenizer.model"), Pieces(algorithm, prefix: 1, ("▁", 1), ("x", 4), ("ax", 1)));
            Tokenizer tokenizer = Tokenizer.FromFolder(_folder);

            Assert.Equal(expected, string.Join('|', tokenizer.Encode(text, parseSpecial: false).Select(tokenizer.TokenText)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Pieces(int algorithm, int prefix = 0, params (string Text, int Kind)[] more)
    {
        List<byte> file = [];
        (string Text, int Kind)[] pieces = [("<unk>", 2), ("<s>", 3), ("</s>", 3), ("a", 1), ("b", 1), ("ab", 1), .. more];
        for (int i = 0; i < pieces.Length; i++)
        {
            List<byte> piece = [];
            SentencePieceWriter.Field(piece, 1, System.Text.Encoding.UTF8.GetBytes(pieces[i].Text));
            SentencePieceWriter.Single(piece, 2, -i);
            SentencePieceWriter.Integer(piece, 3, pieces[i].Kind);
            SentencePieceWriter.Field(file, 1, [.. piece]);
        }

        List<byte> trainer = [];
        SentencePieceWriter.Integer(trainer, 3, algorithm);
        SentencePieceWriter.Field(file, 2, [.. trainer]);
        List<byte> normaliser = [];
        SentencePieceWriter.Integer(normaliser, 3, prefix);
        SentencePieceWriter.Integer(normaliser, 4, prefix);
        SentencePieceWriter.Field(file, 3, [.. normaliser]);
        return [.. file];
    }
}
