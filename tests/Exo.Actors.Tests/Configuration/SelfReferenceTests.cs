using Akka.Configuration;
using Akka.Configuration.Hocon;
using Exo.Actors.Configuration;
using Xunit;

namespace Exo.Actors.Tests.Configuration;

public sealed class SelfReferenceTests
{
    [Fact]
    public void A_value_that_stands_for_itself_is_found()
    {
        HoconValue value = new();
        value.AppendValue(new HoconSubstitution("b.a") { ResolvedValue = value });

        Assert.Equal("b.a", SelfReference.Find(Root("b", Root("a", value))));
    }

    [Fact]
    public void A_value_that_stands_for_a_section_around_it_is_found()
    {
        HoconValue value = new();
        HoconValue section = Root("a", value);
        value.AppendValue(new HoconSubstitution("b") { ResolvedValue = section });

        Assert.Equal("b.a", SelfReference.Find(Root("b", section)));
    }

    [Fact]
    public void Two_values_that_stand_for_each_other_in_lists_are_found()
    {
        HoconValue first = new();
        HoconValue second = new();
        first.AppendValue(new HoconArray { second });
        second.AppendValue(new HoconSubstitution("a") { ResolvedValue = first });

        Assert.Equal("a", SelfReference.Find(Root("a", first)));
    }

    [Theory]
    [InlineData("a = 1, b = ${a}, c = [${a}, ${b}], d = { e = ${b} }")]
    [InlineData("a = { b = 1, c = ${a.b} }\nd = ${a}")]
    [InlineData("a = []")]
    public void What_stands_for_other_values_is_sound(string text) => Assert.Null(SelfReference.Find(ConfigurationFactory.ParseString(text).Root));

    [Fact]
    public void Values_that_double_each_other_are_looked_at_once()
    {
        string text = "a0 = 1\n" + string.Join('\n', Enumerable.Range(1, 60).Select(i => $"a{i} = [${{a{i - 1}}}, ${{a{i - 1}}}]"));

        Assert.Null(SelfReference.Find(ConfigurationFactory.ParseString(text).Root));
    }

    private static HoconValue Root(string key, HoconValue value)
    {
        HoconObject members = new();
        members.Items[key] = value;
        return new HoconValue([members]);
    }
}
