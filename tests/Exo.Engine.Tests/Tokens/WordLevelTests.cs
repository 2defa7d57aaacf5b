using Exo.Engine.Formats;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

/// <summary>Words that are tokens, and the ways of cutting that need no patterns. The ids are those of the library that defines the format.</summary>
public sealed class WordLevelTests
{
    [Theory]
    [InlineData("a bc a", "a|bc|a", "a bc a")]
    [InlineData("a b bc", "a|<unk>|bc", "a <unk> bc")]
    [InlineData("", "", "")]
    public void Each_word_is_a_token_or_unknown(string text, string expected, string decoded)
    {
        Tokenizer tokenizer = Words(["<unk>", "a", "bc"], new { type = "WhitespaceSplit" });

        Assert.Equal(expected, Pieces(tokenizer, text));
        Assert.Equal(decoded, tokenizer.Decode(tokenizer.Encode(text, parseSpecial: false)));
    }

    [Fact]
    public void Given_no_unknown_token_in_the_vocabulary_Then_other_words_are_left_out_and_a_warning_says_so()
    {
        Tokenizer tokenizer = Words(["a"], new { type = "WhitespaceSplit" });

        Assert.Equal("a|a", Pieces(tokenizer, "a b a"));
        Assert.Contains("model.unk_token is \"<unk>\", which is no token", Assert.Single(tokenizer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_text_never_becomes_a_control_token()
    {
        object model = new { type = "WordLevel", unk_token = "<unk>", vocab = SmallTokenizer.Numbered("<unk>", "a", "[CLS]") };
        Tokenizer tokenizer = SmallTokenizer.FromJson(model, preTokenizer: new { type = "WhitespaceSplit" }, added: [new { id = 2, content = "[CLS]", special = true }]);

        Assert.Equal([1, 0], tokenizer.Encode("a [CLS]", parseSpecial: false));
        Assert.Equal([1, 2], tokenizer.Encode("a[CLS]", parseSpecial: true));
    }

    [Theory]
    [InlineData("-", "a--b-", "a|b")]
    [InlineData("-", "-", "")]
    [InlineData("🙂", "a🙂b", "a|b")]
    [InlineData(" ", "ab", "<unk>")]
    public void A_text_is_cut_at_a_character(string delimiter, string text, string expected)
    {
        Assert.Equal(expected, Pieces(Words(["<unk>", "a", "b"], new { type = "CharDelimiterSplit", delimiter }), text));
    }

    [Theory]
    [InlineData(1, "a🙂b", "a|<unk>|b")]
    [InlineData(2, "a🙂b", "a🙂|b")]
    [InlineData(null, "abcdea", "abcde|a")]
    [InlineData(int.MaxValue - 1, "abcde", "abcde")]
    public void A_text_is_cut_after_so_many_characters(int? length, string text, string expected)
    {
        Assert.Equal(expected, Pieces(Words(["<unk>", "a", "b", "a🙂", "abcde"], new { type = "FixedLength", length }), text));
    }

    [Theory]
    [InlineData("ab漢かカーб", "ab|漢かカー|б")]
    [InlineData("  ab б ab", "ab |б |ab")]
    [InlineData("a1-b", "a|1-|b")]
    [InlineData("a\u0301b", "a|\u0301|b")]
    [InlineData("  ", "")]
    public void A_text_is_cut_where_its_script_changes(string text, string expected)
    {
        string[] words = ["<unk>", "a", "b", "ab", "ab ", "б", "б ", "漢かカー", "1-", "\u0301"];

        Assert.Equal(expected, Pieces(Words(words, new { type = "UnicodeScripts" }), text));
    }

    [Theory]
    [InlineData("CharDelimiterSplit", "ab", 5, "pre_tokenizer.delimiter is not one character")]
    [InlineData("CharDelimiterSplit", "", 5, "pre_tokenizer.delimiter is not one character")]
    [InlineData("CharDelimiterSplit", null, 5, "pre_tokenizer.delimiter is missing")]
    [InlineData("FixedLength", "a", 0, "pre_tokenizer.length is 0")]
    [InlineData("FixedLength", "a", -1, "pre_tokenizer.length is -1")]
    public void A_way_of_cutting_without_a_meaning_is_refused_with_its_field(string type, string? delimiter, int length, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ModelFileException>(() => Words(["<unk>"], new { type, delimiter, length })).Message, StringComparison.Ordinal);
    }

    private static Tokenizer Words(string[] words, object preTokenizer) =>
        SmallTokenizer.FromJson(new { type = "WordLevel", unk_token = "<unk>", vocab = SmallTokenizer.Numbered(words) }, preTokenizer: preTokenizer);

    private static string Pieces(Tokenizer tokenizer, string text) => string.Join('|', tokenizer.Encode(text, parseSpecial: false).Select(tokenizer.TokenText));
}
