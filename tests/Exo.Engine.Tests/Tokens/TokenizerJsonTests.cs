using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

public sealed class TokenizerJsonTests
{
    private static readonly string[] s_letters = ["a", "b", "c", "▁", "ab", "<unk>", "▁a", "𝒜", "-"];

    [Fact]
    public void Given_an_added_token_that_strips_When_it_is_found_Then_the_spaces_beside_it_are_gone()
    {
        string[] letters = ["a", "b", "c", " ", "ab", "\n"];
        Tokenizer strips = SmallTokenizer.FromJson(letters, ["a b"], added: [new { id = 6, content = "<x>", special = false, lstrip = true, rstrip = true }]);
        Tokenizer keeps = SmallTokenizer.FromJson(letters, ["a b"], added: [new { id = 6, content = "<x>", special = false }]);

        Assert.Equal([4, 6, 2], strips.Encode("ab  <x> \n c", parseSpecial: false));
        Assert.Equal([4, 3, 3, 6, 3, 5, 3, 2], keeps.Encode("ab  <x> \n c", parseSpecial: false));
    }

    [Fact]
    public void Given_two_added_tokens_When_one_begins_with_the_other_Then_the_longer_is_found()
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(s_letters, [], added: [new { id = 9, content = "<x>", special = true }, new { id = 10, content = "<x>>", special = true }]);

        Assert.Equal([10, 9, 0], tokenizer.Encode("<x>><x>a", parseSpecial: true));
    }

    [Fact]
    public void Given_an_added_token_that_the_vocabulary_holds_too_Then_it_is_counted_once()
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(s_letters, [], added: [new { id = 5, content = "<unk>", special = true }, new { id = 9, content = "<x>", special = true }]);

        Assert.Equal(10, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("always", new[] { 6, 9, 6 })]
    [InlineData("first", new[] { 6, 9, 0 })]
    [InlineData("never", new[] { 0, 9, 0 })]
    public void A_space_is_put_where_the_scheme_says(string scheme, int[] expected)
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(
            s_letters, ["▁ a"], preTokenizer: new { type = "Metaspace", replacement = "▁", prepend_scheme = scheme }, added: [new { id = 9, content = "<x>", special = true }]);

        Assert.Equal(expected, tokenizer.Encode("a<x>a", parseSpecial: true));
    }

    [Theory]
    [InlineData("Isolated", false, "a|-|b|-|-|c")]
    [InlineData("Removed", false, "a|b|c")]
    [InlineData("Removed", true, "-|-|-")]
    [InlineData("MergedWithPrevious", false, "a-|b-|-|c")]
    [InlineData("MergedWithNext", false, "a|-b|-|-c")]
    [InlineData("Contiguous", false, "a|-|b|--|c")]
    public void A_split_does_with_its_matches_what_its_behaviour_says(string behaviour, bool invert, string expected)
    {
        // A token for each piece that can come out, so that ids tell the pieces.
        string[] tokens = ["a", "b", "c", "-", "a-", "b-", "-b", "-c", "--", "ab", "bc"];
        Tokenizer tokenizer = SmallTokenizer.FromJson(
            tokens, ["a -", "b -", "- b", "- c", "- -"], preTokenizer: new { type = "Split", pattern = new { String = "-" }, behavior = behaviour, invert });

        Assert.Equal(expected, string.Join('|', tokenizer.Encode("a-b--c", parseSpecial: false).Select(tokenizer.TokenText)));
    }

    [Fact]
    public void Given_a_pattern_of_letters_When_a_letter_lies_beyond_the_basic_plane_Then_it_is_one()
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(
            ["a", "𝒜", "😀", "a𝒜", "𝒜😀"], ["a 𝒜", "𝒜 😀"], preTokenizer: new { type = "Split", pattern = new { Regex = @"\p{Lu}?\p{L}+x?" }, behavior = "Isolated", invert = false });

        Assert.Equal([3, 2], tokenizer.Encode("a𝒜😀", parseSpecial: false));
    }

    [Fact]
    public void Given_no_token_for_a_character_When_there_is_an_unknown_token_Then_it_stands_in()
    {
        Assert.Equal([0, 5, 1], SmallTokenizer.FromJson(s_letters, [], unknown: "<unk>").Encode("aéb", parseSpecial: false));
        Assert.Equal([0, 1], SmallTokenizer.FromJson(s_letters, []).Encode("aéb", parseSpecial: false));
    }
}
