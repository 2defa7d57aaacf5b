using Exo.Engine.Formats;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

/// <summary>BPE whose tokens say where a word begins or ends. The ids are those of the library that defines the format.</summary>
public sealed class WordMarkTests
{
    private static readonly string[] s_ends = ["<unk>", "l", "o", "w", "l</w>", "o</w>", "w</w>", "lo", "ow</w>", "low</w>"];
    private static readonly string[] s_insides = ["<unk>", "l", "o", "w", "##l", "##o", "##w", "lo", "##ow", "low"];

    [Theory]
    [InlineData("low", "low</w>", "low")]
    [InlineData("lo low", "l|o</w>|low</w>", "lo low")]
    [InlineData("lowlow", "lo|w|low</w>", "lowlow")]
    [InlineData("w", "w</w>", "w")]
    [InlineData("l€w", "l|<unk>|w</w>", "l<unk>w")]
    [InlineData("ow€", "o|w|<unk>", "ow<unk>")]
    public void A_word_ends_in_a_token_that_says_so(string text, string expected, string decoded)
    {
        Tokenizer tokenizer = Marked(s_ends, ["o w</w>", "l o", "lo w</w>", "l ow</w>"], null, "</w>", new { type = "BPEDecoder", suffix = "</w>" });

        Assert.Equal(expected, Pieces(tokenizer, text));
        Assert.Equal(decoded, tokenizer.Decode(tokenizer.Encode(text, parseSpecial: false)));
    }

    [Theory]
    [InlineData("low", "low", "low")]
    [InlineData("owl low", "o|##w|##l|low", "owl low")]
    [InlineData("ol", "o|##l", "ol")]
    public void Tokens_within_a_word_begin_with_a_mark(string text, string expected, string decoded)
    {
        Tokenizer tokenizer = Marked(s_insides, ["##o ##w", "l ##ow"], "##", null, new { type = "WordPiece", prefix = "##", cleanup = false });

        Assert.Equal(expected, Pieces(tokenizer, text));
        Assert.Equal(decoded, tokenizer.Decode(tokenizer.Encode(text, parseSpecial: false)));
    }

    [Fact]
    public void Given_no_decoder_Then_the_marks_still_become_spaces()
    {
        Assert.Equal("low l", Marked(s_ends, [], null, "</w>", null).Decode([9, 4]));
        Assert.Equal("lo low", Marked(s_insides, [], "##", null, null).Decode([1, 5, 9]));
    }

    [Fact]
    public void Bytes_in_letters_may_have_marks_too()
    {
        object cut = new { type = "Sequence", pretokenizers = new object[] { new { type = "WhitespaceSplit" }, new { type = "ByteLevel", add_prefix_space = false, use_regex = false } } };
        object model = new { type = "BPE", unk_token = "<unk>", continuing_subword_prefix = "", end_of_word_suffix = "</w>", vocab = SmallTokenizer.Numbered("<unk>", "Ã", "©</w>", "Ã©</w>"), merges = new[] { "Ã ©</w>" } };

        Assert.Equal([3, 3], SmallTokenizer.FromJson(model, preTokenizer: cut).Encode("é é", parseSpecial: false));
    }

    [Fact]
    public void The_last_of_the_shown_tokens_ends_without_a_space()
    {
        object model = new { type = "BPE", end_of_word_suffix = "</w>", vocab = SmallTokenizer.Numbered(s_ends), merges = Array.Empty<string>() };
        Tokenizer tokenizer = SmallTokenizer.FromJson(model, added: [new { id = 10, content = "<end>", special = true }], decoder: new { type = "BPEDecoder", suffix = "</w>" });

        Assert.Equal("low low", tokenizer.Decode([9, 9, 10, 99]));
        Assert.Equal("low low <end>", tokenizer.Decode([9, 9, 10, 99], showSpecial: true));
    }

    [Theory]
    [InlineData("##", "", "l o", "model.merges[0] joins \"o\" to the right of a token, and it does not begin with continuing_subword_prefix")]
    [InlineData("##", "", "l ##l", "model.merges[0] needs \"ll\", which is no token")]
    [InlineData("", "<a mark of more characters than any published vocabulary has had so far>", "l o", "model.end_of_word_suffix has")]
    public void Marks_that_do_not_fit_the_tables_are_refused_with_their_field(string prefix, string suffix, string merge, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ModelFileException>(() => Marked(s_insides, [merge], prefix, suffix, null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "decoder.suffix is empty")]
    [InlineData(null, "decoder.suffix is missing")]
    public void A_decoder_without_a_mark_is_refused(string? suffix, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ModelFileException>(() => Marked(s_ends, [], null, "</w>", new { type = "BPEDecoder", suffix })).Message, StringComparison.Ordinal);
    }

    private static Tokenizer Marked(string[] tokens, string[] merges, string? prefix, string? suffix, object? decoder) => SmallTokenizer.FromJson(
        new { type = "BPE", unk_token = "<unk>", continuing_subword_prefix = prefix, end_of_word_suffix = suffix, vocab = SmallTokenizer.Numbered(tokens), merges },
        preTokenizer: new { type = "WhitespaceSplit" },
        decoder: decoder);

    private static string Pieces(Tokenizer tokenizer, string text) => string.Join('|', tokenizer.Encode(text, parseSpecial: false).Select(tokenizer.TokenText));
}
