using Akka.Configuration;
using Xunit;

namespace Akka.Guarantees.Configuration;

public sealed class HoconTests
{
    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void Booleans_are_on_off_true_false(string text, bool expected) => Assert.Equal(expected, Parse("a = " + text).GetBoolean("a"));

    [Fact]
    public void Other_words_are_no_booleans() => Assert.Throws<NotSupportedException>(() => Parse("a = yes").GetBoolean("a"));

    [Theory]
    [InlineData("200", 200)]
    [InlineData("200ms", 200)]
    [InlineData("1.5 s", 1500)]
    [InlineData("\"  2 s \"", 2000)]
    [InlineData("2 seconds", 2000)]
    [InlineData("500000 micros", 500)]
    [InlineData("1m", 60_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("infinite", -1)]
    public void Durations_are_read(string text, double milliseconds)
        => Assert.Equal(milliseconds, Parse("a = " + text).GetTimeSpan("a").TotalMilliseconds);

    [Theory]
    [InlineData("off")]
    [InlineData("-1s")]
    [InlineData("5us")]
    [InlineData("soon")]
    public void Other_texts_are_no_durations(string text) => Assert.Throws<FormatException>(() => Parse("a = " + text).GetTimeSpan("a"));

    [Theory]
    [InlineData("10", 10)]
    [InlineData("128000b", 128_000)]
    [InlineData("10 kB", 10_000)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("64MiB", 64 << 20)]
    [InlineData("64M", 64 << 20)]
    [InlineData("1K", 1024)]
    [InlineData("2g", 2L << 30)]
    public void Sizes_are_read(string text, long bytes) => Assert.Equal(bytes, Parse("a = " + text).GetByteSize("a"));

    [Theory]
    [InlineData("1.5MiB")]
    [InlineData("many")]
    [InlineData("10 parsecs")]
    public void Other_texts_are_no_sizes(string text) => Assert.Throws<FormatException>(() => Parse("a = " + text).GetByteSize("a"));

    [Fact]
    public void Numbers_are_read_without_culture()
    {
        Config config = Parse("i = 42\nd = 1e3\nf = 0.5\nl = -9000000000\nx = 0x10");
        Assert.Equal(42, config.GetInt("i"));
        Assert.Equal(1000, config.GetDouble("d"));
        Assert.Equal(0.5f, config.GetFloat("f"));
        Assert.Equal(0.5m, config.GetDecimal("f"));
        Assert.Equal(-9_000_000_000, config.GetLong("l"));
        Assert.Throws<FormatException>(() => config.GetInt("x"));
    }

    [Fact]
    public void Equal_keys_merge_objects_and_replace_the_rest()
    {
        Config config = Parse("a { x = 1, y = 1 }\na { y = 2 }\na.z = 3\nb = 1\nb = 2\nc = [1, 2]\nc = [3]");
        Assert.Equal(1, config.GetInt("a.x"));
        Assert.Equal(2, config.GetInt("a.y"));
        Assert.Equal(3, config.GetInt("a.z"));
        Assert.Equal(2, config.GetInt("b"));
        Assert.Equal([3], config.GetIntList("c"));
    }

    [Fact]
    public void A_fallback_fills_in_objects_key_by_key_and_lists_as_a_whole()
    {
        Config top = Parse("a { x = 1, list = [1] }\nonly-top = 1");
        Config bottom = Parse("a { x = 2, y = 2, list = [2, 3], deep { p = 1 } }\nonly-bottom = 1");
        Config both = top.WithFallback(bottom);
        Assert.Equal(1, both.GetInt("a.x"));
        Assert.Equal(2, both.GetInt("a.y"));
        Assert.Equal([1], both.GetIntList("a.list"));
        Assert.Equal(1, both.GetConfig("a").GetConfig("deep").GetInt("p"));
        Assert.Equal(1, both.GetInt("only-bottom"));
        Assert.Equal(0, top.GetInt("only-bottom"));
        Assert.Equal(2, bottom.GetInt("a.x"));
        Assert.Equal(["a", "only-bottom", "only-top"], both.AsEnumerable().Select(p => p.Key).Order());
    }

    [Fact]
    public void A_null_above_hides_the_fallback()
    {
        Config both = Parse("a = null").WithFallback(Parse("a = 1"));
        Assert.Null(both.GetString("a"));
    }

    [Fact]
    public void A_config_is_not_its_own_fallback()
    {
        Config config = Parse("a = 1");
        Assert.Throws<ArgumentException>(() => config.WithFallback(config));
    }

    [Fact]
    public void Substitutions_do_not_see_fallbacks_or_the_environment()
    {
        Assert.Throws<FormatException>(() => Parse("b = ${a}").WithFallback(Parse("a = 1")));
        Assert.Null(Parse("a = ${?PATH}").GetString("a"));
    }

    [Fact]
    public void Lists_take_commas_newlines_and_concatenation()
    {
        Config config = Parse("a = [1, 2,]\nb = [\n1\n2\n]\nc = [1] [2]\nd = [{ x = 1 }, { x = 2 }]\ne = []");
        Assert.Equal([1, 2], config.GetIntList("a"));
        Assert.Equal(["1", "2"], config.GetStringList("b"));
        Assert.Equal([1, 2], config.GetIntList("c"));
        Assert.Equal(2, config.GetValue("d").GetArray()[1].GetObject().GetKey("x").GetInt());
        Assert.Empty(config.GetStringList("e"));
        Assert.True(config.HasPath("e"));
    }

    [Fact]
    public void Texts_keep_inner_blanks_escapes_and_raw_lines()
    {
        Config config = Parse("a = two words   # comment\nb = \"x\\t\\\"\\u0041\\\\\"\nc = \"\"\"raw \\n\n\"line\"\"\" // comment\nd = \"a\" b");
        Assert.Equal("two words", config.GetString("a"));
        Assert.Equal("x\t\"A\\", config.GetString("b"));
        Assert.StartsWith("raw \\n\n\"line", config.GetString("c"), StringComparison.Ordinal);
        Assert.Equal("a b", config.GetString("d"));
    }

    [Fact]
    public void Keys_may_be_dotted_and_quoted()
    {
        Config config = Parse("a.\"b.c\".d = 1\n\"/user/*\" { x : 2 }");
        Assert.Equal(1, config.GetInt("a.\"b.c\".d"));
        Assert.Equal(2, config.GetInt("\"/user/*\".x"));
    }

    [Fact]
    public void A_comma_after_an_object_is_refused() => Assert.Throws<FormatException>(() => Parse("a { x = 1 }, b = 1"));

    [Theory]
    [InlineData("3 nanoseconds", 0)]
    [InlineData("7000 nanos", 0.007)]
    [InlineData("2 microseconds", 0.002)]
    [InlineData("2 millis", 2)]
    [InlineData("2 milliseconds", 2)]
    [InlineData("3 s", 3000)]
    [InlineData("1 second", 1000)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("2 hours", 7_200_000)]
    [InlineData("2 d", 172_800_000)]
    [InlineData("0.5m", 30_000)]
    public void Long_names_of_units_and_decimals_are_read(string text, double milliseconds)
        => Assert.Equal(milliseconds, Parse("a = " + text).GetTimeSpan("a").TotalMilliseconds, 3);

    [Fact]
    public void Infinite_is_refused_where_it_is_not_allowed()
        => Assert.Throws<FormatException>(() => Parse("a = infinite").GetTimeSpan("a", null, allowInfinite: false));

    [Fact]
    public void Objects_with_numbers_as_keys_are_no_lists()
    {
        Config config = Parse("a { 0 = x, 1 = y }");
        Assert.Empty(config.GetStringList("a"));
        Assert.Equal("x", config.GetString("a.0"));
    }

    [Fact]
    public void A_fallback_replaces_neither_lists_nor_scalars_piece_by_piece()
    {
        Config config = Parse("a = 1\nb { c = [1] }").WithFallback(Parse("a { x = 2 }\nb { c = [2, 3], d = 4 }"));
        Assert.Equal(1, config.GetInt("a"));
        Assert.False(config.HasPath("a.x"));
        Assert.Equal([1], config.GetIntList("b.c"));
        Assert.Equal(4, config.GetInt("b.d"));
    }

    [Theory]
    [InlineData("1 nanosecond")]
    [InlineData("1 nano")]
    [InlineData("1ns")]
    [InlineData("1 microsecond")]
    [InlineData("1 micro")]
    [InlineData("1 milli")]
    [InlineData("1 millisecond")]
    [InlineData("1 minute")]
    [InlineData("1 hour")]
    [InlineData("1 days")]
    public void Each_name_of_a_unit_of_time_is_known(string text) => Assert.True(Parse("a = " + text).GetTimeSpan("a") >= TimeSpan.Zero);

    [Theory]
    [InlineData("1kB", 1000)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("1k", 1L << 10)]
    [InlineData("1KiB", 1L << 10)]
    [InlineData("1m", 1L << 20)]
    [InlineData("1MiB", 1L << 20)]
    [InlineData("1G", 1L << 30)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("7 b", 7)]
    public void Each_name_of_a_unit_of_size_is_known(string text, long bytes) => Assert.Equal(bytes, Parse("a = " + text).GetByteSize("a"));

    [Fact]
    public void A_null_is_a_path_without_text()
    {
        Config config = Parse("a = null");

        Assert.Null(config.GetString("a"));
        Assert.Null(config.GetString("a", "default"));
        Assert.True(config.HasPath("a"));
    }

    [Fact]
    public void A_substitution_of_the_same_text_is_resolved_wherever_it_stands()
    {
        Config config = Parse("b = ${a}\na = 5\nh = \"host\"\nurl = \"http://\"${h}\":80\"\no { p = 1 }\nq = ${o}");

        Assert.Equal(5, config.GetInt("b"));
        Assert.Equal("http://host:80", config.GetString("url"));
        Assert.Equal(1, config.GetInt("q.p"));
    }

    [Theory]
    [InlineData("b = ${nowhere}")]
    [InlineData("b { c = ${nowhere.at.all} }")]
    [InlineData("b = [1, ${nowhere}]")]
    public void An_unresolved_substitution_is_a_FormatException_that_names_it(string text)
        => Assert.Contains("Unresolved substitution: nowhere", Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unresolved_optional_substitution_is_null() => Assert.Null(Parse("a = ${?nowhere}").GetString("a"));

    [Theory]
    [InlineData("HOME")]
    [InlineData("PATH")]
    public void Environment_variables_are_not_substituted(string variable)
    {
        Assert.NotNull(Environment.GetEnvironmentVariable(variable));

        Assert.Throws<FormatException>(() => Parse($"a = ${{{variable}}}"));
        Assert.Null(Parse($"a = ${{?{variable}}}").GetString("a"));
    }

    [Theory]
    [InlineData("a = http://x")]
    [InlineData("a = x:y")]
    [InlineData("a = x=y")]
    public void A_colon_or_an_equals_sign_in_unquoted_text_is_a_ConfigurationException(string text)
        => Assert.Throws<ConfigurationException>(() => Parse(text));

    [Theory]
    [InlineData("$ \\\" { } [ ] : = , # ` ^ ? ! @ * & \\\\", "$ \" { } [ ] : = , # ` ^ ? ! @ * & \\")]
    [InlineData("// no comment", "// no comment")]
    public void Quoted_text_may_contain_any_sign(string quoted, string text) => Assert.Equal(text, Parse($"a = \"{quoted}\"").GetString("a"));

    [Fact]
    public void Comments_begin_with_a_hash_or_two_slashes()
    {
        Config config = Parse("# first\n// second\na = 1 # third\nb = 2 // fourth\nc {\n  # fifth\n  d = 3\n}");

        Assert.Equal((1, 2, 3), (config.GetInt("a"), config.GetInt("b"), config.GetInt("c.d")));
    }

    [Fact]
    public void A_comma_after_an_assigned_object_is_taken_as_json_has_it()
    {
        Config config = Parse("\"root\" : { \"object\" : { \"x\" : true\n },\n \"int\" : 1 }");

        Assert.Equal(1, config.GetInt("root.int"));
        Assert.True(config.GetBoolean("root.object.x"));
    }

    [Fact]
    public void An_object_assigned_to_a_key_that_has_one_is_merged()
    {
        Config config = Parse("a = { x = 1 }\na = { y = 2 }");

        Assert.Equal((1, 2), (config.GetInt("a.x"), config.GetInt("a.y")));
    }

    [Fact]
    public void A_scalar_replaces_an_object_and_an_object_a_scalar()
    {
        Assert.Equal(1, Parse("a { x = 1 }\na = 1").GetInt("a"));
        Assert.Equal(1, Parse("a = 1\na { x = 1 }").GetInt("a.x"));
    }

    private static Config Parse(string text) => ConfigurationFactory.ParseString(text);
}
