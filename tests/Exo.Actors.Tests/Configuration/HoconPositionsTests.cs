using Exo.Actors.Configuration;
using Xunit;

namespace Exo.Actors.Tests.Configuration;

public sealed class HoconPositionsTests
{
    [Theory]
    [InlineData("a = 1", "a", 1, 5)]
    [InlineData("a : 1", "a", 1, 5)]
    [InlineData("{ a = 1 }", "a", 1, 7)]
    [InlineData("# c = 2\n// d = 3\na.b = 1", "a.b", 3, 7)]
    [InlineData("a { b { c = 1 } }", "a.b.c", 1, 13)]
    [InlineData("a {\n b = 1\n}\nc = 2", "c", 4, 5)]
    [InlineData("a = { b = 1 }\nc = 2", "a.b", 1, 11)]
    [InlineData("a = 1, b = 2", "b", 1, 12)]
    [InlineData("a = \"x, y = { # \\\" \"\nb = 2", "b", 2, 5)]
    [InlineData("a = \"\"\"x\n} = \"\"\"\nb = 2", "b", 3, 5)]
    [InlineData("a = [1, 2, [3]\n 4] \nb = 2", "b", 3, 5)]
    [InlineData("a = [{ x = 1 }, { y = 2 }]\nb = 2", "b", 2, 5)]
    [InlineData("a = 1 # b = 7\nb = 2", "b", 2, 5)]
    [InlineData("a = 1\na = 2", "a", 2, 5)]
    [InlineData("a.\"b.c\" = 1", "a.\"b.c\"", 1, 11)]
    [InlineData("a =\n  1", "a", 2, 3)]
    public void The_place_of_a_value_is_found(string text, string key, int line, int column) =>
        Assert.Equal((line, column), HoconPositions.Of(text)[key]);

    [Fact]
    public void Any_text_comes_to_an_end()
    {
        for (int seed = 0; seed < 20_000; seed++)
        {
            Random random = new(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => "{}[]=:,\"\"\"\n#/\\ ab1.$"[random.Next(20)]));
            Exception? error = Record.Exception(() => HoconPositions.Of(text));
            Assert.True(error is null, $"seed {seed}, {text}: {error}");
        }
    }
}
