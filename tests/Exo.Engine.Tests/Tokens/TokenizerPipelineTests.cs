using Exo.Engine.Formats;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

/// <summary>The parts of a tokenizer.json, in the order in which a file puts them. Every expectation was checked against the Rust library that defines the format.</summary>
public sealed class TokenizerPipelineTests
{
    private static readonly object s_bytes = new { type = "ByteLevel", add_prefix_space = false, use_regex = false };

    [Theory]
    [InlineData("always", " a", "▁a")]
    [InlineData("always", "▁a", "▁a")]
    [InlineData("always", "a a", "▁a|▁a")]
    [InlineData("first", "<x> a", "<x>|▁a")]
    [InlineData("first", "<x>a", "<x>|a")]
    public void A_mark_is_put_before_a_text_that_has_none(string scheme, string text, string expected)
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(["a", "▁", "▁a"], ["▁ a"], preTokenizer: Metaspace(scheme), added: [Added(3, "<x>")]);

        Assert.Equal(expected, Pieces(tokenizer, text));
    }

    [Fact]
    public void Given_white_space_is_cut_first_Then_each_word_gets_a_mark()
    {
        object words = new { type = "Sequence", pretokenizers = new object[] { new { type = "WhitespaceSplit" }, Metaspace("always") } };

        Assert.Equal("▁a|▁a", Pieces(SmallTokenizer.FromJson(["a", "▁", "▁a"], ["▁ a"], preTokenizer: words), "a\n a"));
    }

    [Fact]
    public void Steps_after_the_bytes_see_the_letters_that_stand_for_them()
    {
        // U+00B2 is the bytes 0xC2 and 0xB2, both of which stand as themselves; the second is a number.
        object steps = new { type = "Sequence", pretokenizers = new object[] { s_bytes, new { type = "Digits", individual_digits = false } } };
        string[] tokens = ["Â", "²", "Â²"];

        Assert.Equal("Â|²", Pieces(SmallTokenizer.FromJson(tokens, ["Â ²"], preTokenizer: steps), "²"));
        Assert.Equal("Â²", Pieces(SmallTokenizer.FromJson(tokens, ["Â ²"], preTokenizer: s_bytes), "²"));
    }

    [Theory]
    [InlineData(true, "<HI>", "<HI>|a")]
    [InlineData(true, "<hi>", "<HI>|a")]
    [InlineData(false, "<HI>", "<HI>|a")]
    [InlineData(false, "<hi>", "a")]
    public void An_added_token_is_found_in_the_normalised_text_if_it_says_so(bool normalised, string text, string expected)
    {
        object token = new { id = 1, content = "<HI>", special = false, normalized = normalised };

        Assert.Equal(expected, Pieces(SmallTokenizer.FromJson(["a"], [], normalizer: new { type = "Lowercase" }, added: [token]), text + "A"));
    }

    [Theory]
    [InlineData("abé ab", "a|b|ab")]
    [InlineData("ab", "ab")]
    [InlineData("-ab-", "ab")]
    [InlineData("ab_", "a|b")]
    [InlineData("éab", "a|b")]
    public void An_added_token_that_is_a_word_is_not_found_within_one(string text, string expected)
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(["a", "b"], [], added: [new { id = 2, content = "ab", special = false, single_word = true }]);

        Assert.Equal(expected, Pieces(tokenizer, text));
    }

    [Theory]
    [InlineData(false, false, "a|<unk>|<unk>|b")]
    [InlineData(true, false, "a|<unk>|b")]
    [InlineData(false, true, "a|<0xC3>|<0xA9>|<unk>|b")]
    public void Characters_without_a_token_become_what_the_model_says(bool fuses, bool bytes, string expected)
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(["<unk>", "a", "b", "<0xC3>", "<0xA9>"], [], bytes: bytes, unknown: "<unk>", fuses: fuses);

        Assert.Equal(expected, Pieces(tokenizer, "aé€b"));
    }

    [Theory]
    [InlineData("-", "MergedWithNext", "a--b", "a|-|-b")]
    [InlineData(@"a$", "Isolated", "ba\na", "b|a|\n|a")]
    [InlineData(@"a++", "Isolated", "baab", "b|aa|b")]
    [InlineData(@"(?=a)", "Isolated", "baba", "b|ab|a")]
    [InlineData(@"[^(b|[-])]+", "Isolated", "ab-a", "a|b-|a")]
    [InlineData(@"[\h]+", "Isolated", "xab-", "x|ab|-")]
    [InlineData(@"\x{61}", "Isolated", "bab", "b|a|b")]
    public void A_pattern_means_what_it_means_in_its_own_dialect(string pattern, string behavior, string text, string expected)
    {
        // All words of up to two letters are tokens, so that ids tell the pieces.
        string[] letters = ["a", "b", "-", "x", "\n"];
        string[] pairs = [.. letters.SelectMany(left => letters, (left, right) => left + right)];
        object split = new { type = "Split", pattern = new { Regex = pattern }, behavior, invert = false };
        Tokenizer tokenizer = SmallTokenizer.FromJson([.. letters, .. pairs], [.. pairs.Select(pair => $"{pair[0]} {pair[1]}")], preTokenizer: split);

        Assert.Equal(expected, Pieces(tokenizer, text));
    }

    [Theory]
    [InlineData("[[:alpha:]]+")]
    [InlineData("[a-z&&[^b]]")]
    [InlineData(@"\R")]
    [InlineData("[^a[^b]]")]
    [InlineData("a{2}+")]
    public void A_pattern_without_a_counterpart_is_refused(string pattern)
    {
        object split = new { type = "Split", pattern = new { Regex = pattern }, behavior = "Isolated", invert = false };

        ModelFileException refusal = Assert.Throws<ModelFileException>(() => SmallTokenizer.FromJson(["a"], [], preTokenizer: split));

        Assert.Contains("pre_tokenizer.pattern.Regex is no regular expression that can be used", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StripAccents", "é", "é")]
    [InlineData("StripAccents", "e\u0301", "e")]
    [InlineData("Lowercase", "İ", "i|\u0307")]
    [InlineData("NFKC", "\u212F\u0301", "é")]
    [InlineData("NFKD", "é\u2170", "e|\u0301|i")]
    [InlineData("Nmt", "e\u200B\u0007i\u0080", "e| |i|\u0080")]
    [InlineData("ByteLevel", "é", "Ã|©")]
    public void A_normaliser_does_no_more_than_its_name_says(string type, string text, string expected)
    {
        Assert.Equal(expected, Pieces(SmallTokenizer.FromJson(["e", "é", "i", "\u0307", "\u0301", " ", "\u0080", "Ã", "©"], [], normalizer: new { type }), text));
    }

    [Theory]
    [InlineData("WhitespaceSplit", "a-", "[UNK]")]
    [InlineData("BertPreTokenizer", "a-", "a|[UNK]")]
    [InlineData("BertPreTokenizer", "aaa", "a|##a|##a")]
    [InlineData("BertPreTokenizer", "aaaa", "[UNK]")]
    public void WordPiece_takes_the_words_that_the_file_makes(string type, string text, string expected)
    {
        object model = new { type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 3, vocab = SmallTokenizer.Numbered("[UNK]", "a", "##a") };

        Assert.Equal(expected, Pieces(SmallTokenizer.FromJson(model, preTokenizer: new { type }), text));
    }

    [Theory]
    [InlineData(true, "▁a|<0xC3>|<0xA9>")]
    [InlineData(false, "▁a|<unk>")]
    public void Unigram_falls_back_to_bytes_if_the_file_says_so(bool bytes, string expected)
    {
        object[] vocab = [new object[] { "<unk>", 0 }, new object[] { "▁a", -1 }, new object[] { "<0xC3>", -9 }, new object[] { "<0xA9>", -9 }];
        Tokenizer tokenizer = SmallTokenizer.FromJson(new { type = "Unigram", unk_id = 0, byte_fallback = bytes, vocab }, preTokenizer: Metaspace("always"));

        Assert.Equal(expected, Pieces(tokenizer, "aé"));
    }

    [Theory]
    [InlineData("CTC")]
    [InlineData("Strip")]
    public void A_decoder_that_would_be_passed_over_is_refused_by_name(string type)
    {
        Assert.Contains($"\"{type}\"", Assert.Throws<ModelFileException>(() => SmallTokenizer.FromJson(["a"], [], decoder: new { type, content = " ", start = 1, stop = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_put_together_as_the_decoder_says()
    {
        object[] steps = [new { type = "Replace", pattern = new { String = "▁" }, content = " " }, new { type = "ByteFallback" }, new { type = "Fuse" }, new { type = "Strip", content = " ", start = 1, stop = 0 }];
        string[] tokens = ["▁a", "<0xC3>", "<0xA9>", "_"];

        Assert.Equal("a aé_", SmallTokenizer.FromJson(tokens, [], bytes: true, decoder: new { type = "Sequence", decoders = steps }).Decode([0, 0, 1, 2, 3]));
        Assert.Equal("▁a ", SmallTokenizer.FromJson(tokens, [], decoder: new { type = "Replace", pattern = new { String = "_" }, content = " " }).Decode([0, 3]));
    }

    private static object Metaspace(string scheme) => new { type = "Metaspace", replacement = "▁", prepend_scheme = scheme, split = true };

    private static object Added(int id, string content) => new { id, content, special = false };

    private static string Pieces(Tokenizer tokenizer, string text) => string.Join('|', tokenizer.Encode(text, parseSpecial: false).Select(tokenizer.TokenText));
}
