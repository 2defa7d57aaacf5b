using System.Text;
using Exo.Engine.Tokens;

namespace Exo.Engine.Tests.Tokens;

public sealed class TokenizerPropertyTests
{
    private const string Alphabet = "abc XYZ 019 \n\t.,;'\"<>|_äßéñ жщ 日本語 한국 ﷽ \u0301\u0327\u200D\u00A0😀👩‍👩‍👧🇩🇪\uFFFD";

    [Fact]
    public void A_text_comes_back_from_its_ids_whatever_it_is()
    {
        Random random = new(20260101);
        for (int i = 0; i < 300; i++)
        {
            string text = RandomText(random);

            int[] ids = SmallTokenizer.Demo.Encode(text, parseSpecial: false);

            Assert.True(text == SmallTokenizer.Demo.Decode(ids), $"seed 20260101, text {i}: {text}");
        }
    }

    [Fact]
    public void Pieces_shown_one_by_one_join_to_the_whole_text()
    {
        Random random = new(20260102);
        for (int i = 0; i < 300; i++)
        {
            int[] ids = [.. Enumerable.Range(0, 40).Select(_ => random.Next(SmallTokenizer.Demo.VocabularySize))];
            Detokenizer detokenizer = SmallTokenizer.Demo.CreateDetokenizer();

            string joined = string.Concat(ids.Select(detokenizer.Push)) + detokenizer.Flush();

            Assert.True(joined == SmallTokenizer.Demo.Decode(ids), $"seed 20260102, list {i}");
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("7")]
    [InlineData("!")]
    [InlineData("😀")]
    [InlineData("a ")]
    public void A_megabyte_of_one_letter_is_no_harder_than_prose(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));

        int[] ids = SmallTokenizer.Demo.Encode(text, parseSpecial: false);

        Assert.Equal(text, SmallTokenizer.Demo.Decode(ids));
    }

    [Fact]
    public void A_megabyte_of_one_letter_is_no_harder_for_SentencePiece()
    {
        Tokenizer tokenizer = SmallTokenizer.FromJson(["a", "aa", "aaaa", "▁"], ["a a", "aa aa"], new { type = "Prepend", prepend = "▁" });

        int[] ids = tokenizer.Encode(new string('a', 1 << 20), parseSpecial: false);

        Assert.Equal([3, .. Enumerable.Repeat(2, 1 << 18)], ids);
    }

    [Fact]
    public void Control_tokens_in_typed_text_stay_text()
    {
        Tokenizer tokenizer = SmallTokenizer.Demo;
        int control = tokenizer.EndOfGenerationIds.Min();
        string typed = $"stop {tokenizer.TokenText(control)} now";

        Assert.DoesNotContain(control, tokenizer.Encode(typed, parseSpecial: false));
        Assert.Contains(control, tokenizer.Encode(typed, parseSpecial: true));
        Assert.Equal(typed, tokenizer.Decode(tokenizer.Encode(typed, parseSpecial: false)));
    }

    [Fact]
    public void Ids_outside_of_the_vocabulary_give_no_text()
    {
        Assert.Equal("", SmallTokenizer.Demo.Decode([-1, int.MaxValue, int.MinValue, SmallTokenizer.Demo.VocabularySize]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmallTokenizer.Demo.TokenText(SmallTokenizer.Demo.VocabularySize));
    }

    [Fact]
    public void An_unpaired_surrogate_counts_as_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb", Return("a\uD800b"));
        Assert.Equal("\uFFFD", Return("\uDC00"));
        Assert.Equal("x\uFFFD", Return("x\uD83D"));
    }

    private static string Return(string text) => SmallTokenizer.Demo.Decode(SmallTokenizer.Demo.Encode(text, parseSpecial: false));

    private static string RandomText(Random random)
    {
        Rune[] runes = [.. Alphabet.EnumerateRunes()];
        StringBuilder text = new();
        for (int i = random.Next(60); i > 0; i--)
        {
            int any = random.Next(0x11_0000 - 0x800);
            int code = random.Next(4) > 0 ? runes[random.Next(runes.Length)].Value : any < 0xD800 ? any : any + 0x800;
            text.Append(new Rune(code).ToString());
        }

        return text.ToString();
    }
}
