using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Akka.Guarantees.Configuration;

public sealed class ConfigTests
{
    [Fact]
    public void A_missing_path_is_the_default()
    {
        Config config = Parse("x = 1");

        Assert.Equal((0, 7), (config.GetInt("a"), config.GetInt("a", 7)));
        Assert.Equal((0L, 7L), (config.GetLong("a"), config.GetLong("a", 7)));
        Assert.Equal((0f, 7f), (config.GetFloat("a"), config.GetFloat("a", 7)));
        Assert.Equal((0d, 7d), (config.GetDouble("a"), config.GetDouble("a", 7)));
        Assert.Equal((0m, 7m), (config.GetDecimal("a"), config.GetDecimal("a", 7)));
        Assert.Equal((false, true), (config.GetBoolean("a"), config.GetBoolean("a", true)));
        Assert.Equal((null, "d"), (config.GetString("a"), config.GetString("a", "d")));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(7)), (config.GetTimeSpan("a"), config.GetTimeSpan("a", TimeSpan.FromSeconds(7))));
        Assert.Equal((null, 7L), (config.GetByteSize("a"), config.GetByteSize("a", 7)));
        Assert.Empty(config.GetStringList("a"));
        Assert.Equal(["d"], config.GetStringList("a", ["d"]));
        Assert.Null(config.GetConfig("a"));
        Assert.Null(config.GetValue("a"));
        Assert.False(config.HasPath("a"));
        Assert.False(config.HasPath("x.y"));
    }

    [Fact]
    public void The_default_can_be_named_default()
    {
        Config config = Parse("x = 1");

        Assert.Equal((3, "d", true), (config.GetInt("a", @default: 3), config.GetString("a", @default: "d"), config.GetBoolean("a", @default: true)));
    }

    [Fact]
    public void A_list_is_read_as_the_type_that_is_asked_for()
    {
        Config config = Parse("numbers = [1, 2]\nfractions = [0.5, 1e1]\nflags = [on, false]\nwords = [one, \"two words\"]");

        Assert.Equal([1, 2], config.GetIntList("numbers"));
        Assert.Equal([1L, 2L], config.GetLongList("numbers"));
        Assert.Equal([1, 2], config.GetByteList("numbers").Select(value => (int)value));
        Assert.Equal([0.5, 10], config.GetDoubleList("fractions"));
        Assert.Equal([0.5f, 10f], config.GetFloatList("fractions"));
        Assert.Equal([1m, 2m], config.GetDecimalList("numbers"));
        Assert.Equal([true, false], config.GetBooleanList("flags"));
        Assert.Equal(["one", "two words"], config.GetStringList("words"));
    }

    [Fact]
    public void A_value_knows_of_what_sort_it_is()
    {
        Config config = Parse("text = x\nlist = [1]\nobject { a = 1 }\nnothing = []");

        Assert.Equal((true, false, false), Sort(config.GetValue("text")));
        Assert.Equal((false, true, false), Sort(config.GetValue("list")));
        Assert.Equal((false, false, true), Sort(config.GetValue("object")));
        Assert.Equal((false, false, false), Sort(config.GetValue("nothing")));

        static (bool IsString, bool IsArray, bool IsObject) Sort(HoconValue value) => (value.IsString(), value.IsArray(), value.IsObject());
    }

    [Fact]
    public void A_value_is_read_as_the_type_that_is_asked_for()
    {
        Config config = Parse("text = x\nnumber = 3\nflag = on\ntime = 2s\nsize = 1k\nlist = [a, b]");

        Assert.Equal("x", config.GetValue("text").GetString());
        HoconValue number = config.GetValue("number");
        Assert.Equal((3, 3L, 3f, 3d, 3m), (number.GetInt(), number.GetLong(), number.GetFloat(), number.GetDouble(), number.GetDecimal()));
        Assert.True(config.GetValue("flag").GetBoolean());
        Assert.Equal(TimeSpan.FromSeconds(2), config.GetValue("time").GetTimeSpan());
        Assert.Equal(1024, config.GetValue("size").GetByteSize());
        Assert.Equal(["a", "b"], config.GetValue("list").GetStringList());
        Assert.Equal(2, config.GetValue("list").GetArray().Count);
    }

    [Fact]
    public void A_value_is_empty_without_a_value_or_with_an_object_without_keys()
    {
        Assert.True(new HoconValue().IsEmpty);
        Assert.True(Parse("a {}").GetValue("a").IsEmpty);
        Assert.False(Parse("a { b = 1 }").GetValue("a").IsEmpty);
        Assert.False(Parse("a = 1").GetValue("a").IsEmpty);
    }

    [Fact]
    public void A_value_becomes_a_configuration_of_its_own_or_below_a_key()
    {
        HoconValue value = Parse("a { b = 1 }").GetValue("a");

        Assert.Equal(1, value.ToConfig().GetInt("b"));
        Assert.Equal(1, value.AtKey("k").GetInt("k.b"));
    }

    [Fact]
    public void An_object_gives_its_items_and_their_plain_form()
    {
        HoconObject root = Parse("a = 1\nb { c = 2 }").Root.GetObject();

        Assert.Equal(["a", "b"], root.Items.Keys.Order());
        Assert.Equal(1, root.Items["a"].GetInt());
        Assert.Equal(["a", "b"], root.Unwrapped.Keys.Order());
        Assert.True(Assert.IsAssignableFrom<IDictionary<string, object>>(root.Unwrapped["b"]).ContainsKey("c"));
    }

    [Fact]
    public void An_empty_configuration_is_empty_and_null_is_too()
    {
        Assert.True(Config.Empty.IsEmpty);
        Assert.True(ConfigurationFactory.Empty.IsEmpty);
        Assert.True(ConfigurationFactory.Empty.IsNullOrEmpty());
        Assert.True(((Config)null).IsNullOrEmpty());
        Assert.False(Parse("a = 1").IsNullOrEmpty());
    }

    [Fact]
    public void A_fallback_of_nothing_changes_nothing()
    {
        Config config = Parse("a = 1");

        Assert.Same(config, config.WithFallback(null));
        Assert.Equal(1, Config.Empty.WithFallback(config).GetInt("a"));
    }

    [Fact]
    public void A_fallback_is_known_and_leaves_both_as_they_were()
    {
        Config top = Parse("a = 1");
        Config bottom = Parse("b = 2");

        Config both = top.WithFallback(bottom);

        Assert.Null(top.Fallback);
        Assert.NotNull(both.Fallback);
        Assert.False(top.HasPath("b"));
        Assert.False(bottom.HasPath("a"));
        Assert.Equal((1, 2), (both.GetInt("a"), both.GetInt("b")));
    }

    [Fact]
    public void The_first_of_several_fallbacks_that_has_a_value_gives_it()
    {
        Config config = Parse("a = 1").WithFallback(Parse("a = 2\nb = 2")).WithFallback(Parse("a = 3\nb = 3\nc = 3"));

        Assert.Equal((1, 2, 3), (config.GetInt("a"), config.GetInt("b"), config.GetInt("c")));
        Assert.Equal(["a", "b", "c"], config.AsEnumerable().Select(pair => pair.Key).Order());
    }

    [Fact]
    public void A_section_keeps_its_fallback()
    {
        Config section = Parse("a { x = 1 }").WithFallback(Parse("a { y = 2 }")).GetConfig("a");

        Assert.Equal((1, 2), (section.GetInt("x"), section.GetInt("y")));
    }

    [Fact]
    public void Text_is_a_configuration()
    {
        Config config = "a = 1";

        Assert.Equal(1, config.GetInt("a"));
    }

    [Fact]
    public void An_include_asks_the_callback_where_it_stands()
    {
        Config config = ConfigurationFactory.ParseString("a { include \"part\"\n y = 2 }", name => new HoconRoot(Parse($"x = \"{name}\"").Root));

        Assert.Equal(("part", 2), (config.GetString("a.x"), config.GetInt("a.y")));
    }

    [Fact]
    public void Each_include_asks_the_callback_and_later_keys_win()
    {
        List<string> asked = [];
        Config config = ConfigurationFactory.ParseString("include \"one\"\ninclude \"two\"\ny = 3", name =>
        {
            asked.Add(name);
            return new HoconRoot(Parse($"{name} = 1\ny = 2").Root);
        });

        Assert.Equal(["one", "two"], asked);
        Assert.Equal((1, 1, 3), (config.GetInt("one"), config.GetInt("two"), config.GetInt("y")));
    }

    [Fact]
    public void A_substitution_of_an_included_text_is_resolved_in_that_text()
    {
        Config config = ConfigurationFactory.ParseString("a { include \"part\" }", _ => new HoconRoot(Parse("x = 123\ny = ${x}").Root));

        Assert.Equal((123, 123), (config.GetInt("a.x"), config.GetInt("a.y")));
    }

    [Fact]
    public void A_key_may_begin_with_the_word_include()
    {
        Config config = Parse("include = 1\nincludes = 2\nincluded.part = 3");

        Assert.Equal((1, 2, 3), (config.GetInt("include"), config.GetInt("includes"), config.GetInt("included.part")));
    }

    [Fact]
    public void A_resource_of_an_assembly_is_a_configuration()
    {
        const string Name = "guarantees.conf";

        Assert.Equal("resource", ConfigurationFactory.FromResource<ConfigTests>(Name).GetString("from"));
        Assert.Equal("resource", ConfigurationFactory.FromResource(Name, typeof(ConfigTests).Assembly).GetString("from"));
        Assert.Equal("resource", ConfigurationFactory.FromResource(Name, this).GetString("from"));
    }

    [Fact]
    public void An_object_is_a_configuration()
        => Assert.Equal((1, "x"), (ConfigurationFactory.FromObject(new { a = new { b = 1 } }).GetInt("a.b"), ConfigurationFactory.FromObject(new { c = "x" }).GetString("c")));

    [Fact]
    public void The_librarys_own_configuration_has_its_defaults()
    {
        Config config = ConfigurationFactory.Default();

        Assert.Equal("INFO", config.GetString("akka.loglevel"));
        Assert.Equal(10, config.GetInt("akka.log-dead-letters"));
        Assert.Equal(30, config.GetInt("akka.actor.default-dispatcher.throughput"));
        Assert.Equal(Timeout.InfiniteTimeSpan, config.GetTimeSpan("akka.actor.ask-timeout"));
    }

    [Fact]
    public void Without_an_application_file_the_loaded_configuration_says_nothing()
        => Assert.False(ConfigurationFactory.Load().HasPath("akka.loglevel"));

    private static Config Parse(string text) => ConfigurationFactory.ParseString(text);
}
