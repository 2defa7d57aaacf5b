using Akka.Configuration;
using Xunit;

namespace Akka.Tests.Configuration;

public sealed class HoconTests
{
    private static Config Parse(string text) => ConfigurationFactory.ParseString(text);

    private static object Read(Config config, string key, string sort) => sort switch
    {
        "int" => config.GetInt(key),
        "bool" => config.GetBoolean(key),
        "time" => config.GetTimeSpan(key),
        "size" => config.GetByteSize(key),
        _ => config.GetDouble(key),
    };

    [Fact]
    public void A_missing_path_gives_defaults()
    {
        Config config = Parse("x = 1");
        Assert.Equal(0, config.GetInt("a"));
        Assert.Equal(7, config.GetInt("a", 7));
        Assert.Null(config.GetString("a"));
        Assert.Empty(config.GetStringList("a"));
        Assert.Null(config.GetConfig("a"));
        Assert.Equal(TimeSpan.Zero, config.GetTimeSpan("a"));
        Assert.Null(config.GetByteSize("a"));
        Assert.False(config.HasPath("a"));
        Assert.False(config.HasPath("x.y"));
    }

    [Fact]
    public void Null_is_a_value_without_text()
    {
        Config config = Parse("a = null\nb = \"null\"");
        Assert.Null(config.GetString("a", "default"));
        Assert.True(config.HasPath("a"));
        Assert.Equal("null", config.GetString("b"));
    }

    [Fact]
    public void Substitutions_resolve_within_one_text()
    {
        Config config = Parse("a = 5\nb = ${a}\nh = \"host\"\nurl = \"http://\"${h}\":80\"\no { p = 1 }\nq = ${o}\nq { r = 2 }\nlate = ${q.p}");
        Assert.Equal(5, config.GetInt("b"));
        Assert.Equal("http://host:80", config.GetString("url"));
        Assert.Equal(1, config.GetInt("q.p"));
        Assert.Equal(2, config.GetInt("q.r"));
        Assert.False(config.HasPath("o.r"));
        Assert.Equal(1, config.GetInt("late"));
    }

    [Theory]
    [InlineData("x { p = 1 }\na = ${x} { q = 3 }", 2, 10)]
    [InlineData("a = text { q = 3 }", 1, 10)]
    [InlineData("a = [1] { q = 3 }", 1, 9)]
    public void Inherit_and_override_in_one_expression_would_lose_the_inherited(string text, int line, int column)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));
        Assert.Contains($"line {line}, column {column}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inherit_and_override_in_two_lines_merges()
    {
        Config config = Parse("x { p = 1, q = 2 }\na = ${x}\na { q = 3 }");
        Assert.Equal(1, config.GetInt("a.p"));
        Assert.Equal(3, config.GetInt("a.q"));
        Assert.Equal(2, config.GetInt("x.q"));
    }

    [Fact]
    public void An_unresolved_substitution_says_where_it_stands()
    {
        FormatException error = Assert.Throws<FormatException>(() => Parse("a = 1\n  b = ${nowhere}"));
        Assert.StartsWith("Unresolved substitution: nowhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 2, column 7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = ${a} [2]")]
    [InlineData("a = ${b}\nb = ${a}")]
    [InlineData("a { b = ${a} }")]
    [InlineData("a = ${a.b}")]
    [InlineData("a = [${a}]")]
    public void A_substitution_that_refers_to_itself_is_an_error(string text)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));
        Assert.Contains("refers to itself", error.Message, StringComparison.Ordinal);
        Assert.Contains("(line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sibling_may_be_named()
    {
        Assert.Equal(1, Parse("a { b = 1\n c = ${a.b} }").GetInt("a.c"));
    }

    [Theory]
    [InlineData("include \"part\"", "no include callback was given (line 1, column 1)")]
    [InlineData("a {\n  include \"part\"\n}", "no include callback was given (line 2, column 3)")]
    public void An_include_without_a_callback_is_an_error_with_its_place(string text, string says)
        => Assert.Contains(says, Assert.Throws<ConfigurationException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_include_whose_callback_gives_nothing_is_an_error_with_its_place()
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString("a = 1\ninclude \"part\"", _ => null));

        Assert.Contains("include \"part\" gave no object (line 2, column 1)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = http://x", 1, 9)]
    [InlineData("a = 1\nb = foo*", 2, 8)]
    [InlineData("a {\n b = 1", 1, 4)]
    [InlineData("a = 1\n}", 2, 1)]
    [InlineData("a b c", 1, 1)]
    [InlineData("a += 2", 1, 1)]
    [InlineData("\"a.b\" += 2", 1, 1)]
    [InlineData("a = \"open", 1, 5)]
    [InlineData("a = [1, 2", 1, 5)]
    [InlineData("a = ", 1, 5)]
    [InlineData("a = ${x", 1, 5)]
    [InlineData("= 1", 1, 1)]
    [InlineData("a = \"\\q\"", 1, 8)]
    public void Broken_text_is_an_error_with_line_and_column(string text, int line, int column)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse(text));
        Assert.Contains($"line {line}, column {column}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b = x", "a.b", "int", "'x' is not a whole number (a.b, line 1, column 7)")]
    [InlineData("a {\n  b = 99999999999\n}", "a.b", "int", "(a.b, line 2, column 7)")]
    [InlineData("a {\n  b { c = yes }\n}", "a.b.c", "bool", "(a.b.c, line 2, column 11)")]
    [InlineData("a { b = 5us }", "a.b", "time", "(a.b, line 1, column 9)")]
    [InlineData("a { b = off }", "a.b", "time", "(a.b, line 1, column 9)")]
    [InlineData("a { b = 1.5MiB }", "a.b", "size", "(a.b, line 1, column 9)")]
    [InlineData("a { b = 9999999999GiB }", "a.b", "size", "(a.b, line 1, column 9)")]
    [InlineData("a { b = 0x10 }", "a.b", "double", "(a.b, line 1, column 9)")]
    [InlineData("a { b = [1] }", "a.b", "int", "(a.b, line 1, column 9)")]
    [InlineData("x = 7, \"q.r\" { b = nothing }", "\"q.r\".b", "int", "line 1, column 20")]
    public void A_value_of_another_sort_is_an_error_with_key_line_and_column(string text, string key, string sort, string says)
    {
        // A fallback below changes neither the value nor its place.
        Config config = Parse(text).WithFallback(Parse("a { z = 1 }"));
        Exception error = Record.Exception(() => Read(config, key, sort));
        Assert.True(error is FormatException or OverflowException or NotSupportedException, $"{error}");
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('$')]
    [InlineData('{')]
    [InlineData('[')]
    [InlineData(']')]
    [InlineData(':')]
    [InlineData('=')]
    [InlineData('`')]
    [InlineData('^')]
    [InlineData('?')]
    [InlineData('!')]
    [InlineData('@')]
    [InlineData('*')]
    [InlineData('&')]
    [InlineData('\\')]
    public void What_unquoted_text_must_not_contain_is_an_error_with_its_place(char c)
    {
        ConfigurationException error = Assert.Throws<ConfigurationException>(() => Parse($"a = 1\nb = x{c}y"));
        Assert.Contains("line 2, column ", error.Message, StringComparison.Ordinal);
        Assert.Equal($"x{c}y", Parse($"b = \"x{(c == '\\' ? "\\\\" : c.ToString())}y\"").GetString("b"));
    }

    [Theory]
    [InlineData("a = ${HOME}")]
    [InlineData("a = \"x\"${USER}")]
    public void Environment_variables_are_never_consulted(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => Parse(text));
        Assert.Contains("line 1, column ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_and_newlines_stand_anywhere_between()
    {
        Config config = Parse("// first\n# second\na = 1 // third\nb { # fourth\n c = 2 // fifth\n}\nd = [1 // six\n, 2]\n");
        Assert.Equal((1, 2), (config.GetInt("a"), config.GetInt("b.c")));
        Assert.Equal([1, 2], config.GetIntList("d"));
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_crashes()
    {
        string[] pieces = ["a", "b.c", " ", "\n", "=", ":", "{", "}", "[", "]", ",", "\"x\"", "\"", "\"\"\"", "${a}", "${?b.c}", "${", "+=", "include", "#", "//", "\\", "1", "null", "\u0000", "ä"];
        for (int seed = 0; seed < 20_000; seed++)
        {
            Random random = new(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(24)).Select(_ => pieces[random.Next(pieces.Length)]));
            Exception error = Record.Exception(() => Parse(text).ToString());
            Assert.True(error is null or ConfigurationException or FormatException, $"seed {seed}, {text}: {error}");
            Assert.True(error is null || error.Message.Contains("line ", StringComparison.Ordinal), $"seed {seed}, {text}: {error?.Message}");
        }
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_no_crash()
    {
        Assert.Throws<ConfigurationException>(() => Parse("a = " + new string('[', 100_000)));
        Assert.Throws<ConfigurationException>(() => Parse(string.Concat(Enumerable.Repeat("a {", 100_000))));
    }

    [Fact]
    public void Printed_text_reads_back_as_the_same_configuration()
    {
        Config config = Parse("a { b = \"x y\", c = [1, \"two\"], d { e = on } }\nf = null\ng = \"q\\\"\\\\\\n\"");
        string text = config.ToString();
        Assert.Equal(text, Parse(text).ToString());
        Assert.Equal("q\"\\\n", Parse(text).GetString("g"));
    }
}
