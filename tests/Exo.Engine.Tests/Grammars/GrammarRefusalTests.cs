using System.Text;
using System.Text.Json;
using Exo.Engine.Grammars;

namespace Exo.Engine.Tests.Grammars;

/// <summary>What cannot be enforced, is damaged, or would grow without bound.</summary>
public sealed class GrammarRefusalTests
{
    [Theory]
    [InlineData("#/not", """{"not": {}}""")]
    [InlineData("#/properties/a/multipleOf", """{"properties": {"a": {"type": "number", "multipleOf": 100003}}}""")]
    [InlineData("#/items/anyOf/1/if", """{"items": {"anyOf": [{}, {"if": true, "then": {}}]}}""")]
    [InlineData("#/properties/a~1b/uniqueItems", """{"properties": {"a/b": {"uniqueItems": true}}}""")]
    [InlineData("#/oneOf", """{"oneOf": [{"type": "object"}, {"required": ["a"]}]}""")]
    [InlineData("#: it refers to itself", """{"$ref": "#"}""")]
    [InlineData("#/$defs/a", """{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}, true]}, "b": {"$ref": "#/$defs/a"}}}""")]
    [InlineData("there is nothing", """{"$ref": "#/$defs/none"}""")]
    [InlineData("https://example.org/s.json", """{"$ref": "https://example.org/s.json"}""")]
    [InlineData("#/type", """{"type": "date"}""")]
    [InlineData("#/type", """{"type": 1}""")]
    [InlineData("#/format", """{"type": "string", "format": "duration"}""")]
    [InlineData("#/pattern", """{"type": "string", "pattern": "(?=a)b"}""")]
    [InlineData("#/pattern", """{"type": "string", "pattern": "a\\b"}""")]
    [InlineData("#/pattern", """{"type": "string", "pattern": "^a+b+$", "minLength": 3}""")]
    [InlineData("#/minLength", """{"type": "string", "minLength": -1}""")]
    [InlineData("#/maxLength", """{"type": "string", "maxLength": 1000000000}""")]
    [InlineData("#/minimum", """{"type": "number", "minimum": true}""")]
    [InlineData("#/exclusiveMinimum", """{"type": "number", "minimum": 0, "exclusiveMinimum": true}""")]
    [InlineData("#/enum", """{"enum": 1}""")]
    [InlineData("#/required", """{"required": "a"}""")]
    [InlineData("#/anyOf", """{"anyOf": []}""")]
    [InlineData("#/proprties", """{"proprties": {}}""")]
    [InlineData("No text can satisfy", """{"type": "string", "const": 1}""")]
    [InlineData("No text can satisfy", """{"type": "object", "properties": {"a": false}, "required": ["a"]}""")]
    [InlineData("No text can satisfy", """{"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}, "required": ["n"], "additionalProperties": false}}}""")]
    [InlineData("No text can satisfy", "false")]
    [InlineData("a schema is an object", "1")]
    public void A_schema_is_refused_by_place_and_reason(string place, string schema)
    {
        GrammarException refused = Assert.Throws<GrammarException>(() => Grammar.FromJsonSchema(JsonDocument.Parse(schema).RootElement));

        Assert.Contains(place, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{3,1}")]
    [InlineData("a{999999999}")]
    [InlineData("[z-a]")]
    [InlineData("\\")]
    [InlineData("\\u12")]
    [InlineData("(a)\\1")]
    [InlineData("a$b")]
    [InlineData("[]")]
    public void An_expression_is_refused_with_its_place(string regex)
    {
        GrammarException refused = Assert.Throws<GrammarException>(() => Grammar.FromRegex(regex));

        Assert.True(refused.Message.Length > 20, refused.Message);
    }

    [Fact]
    public void Size_is_limited_before_memory_is_taken()
    {
        Assert.Contains("states", Assert.Throws<GrammarException>(() => Grammar.FromRegex("(a|b){100000}(c|d){100000}(e|f){100000}(a|c){100000}")).Message, StringComparison.Ordinal);
        Assert.Throws<GrammarException>(() => Grammar.FromRegex(new string('(', 10_000) + new string(')', 10_000)));
        Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= " + new string('(', 10_000)));
        Assert.Throws<GrammarException>(() => Grammar.FromRegex(new string('a', 2_000_000)));
    }

    [Fact]
    public void Repetitions_of_repetitions_cost_little()
    {
        Grammar grammar = Grammar.FromRegex("(((ab?c){1000}){1000}){1000}x");

        Assert.False(grammar.Matches("acx"));
        Assert.False(grammar.Start.Step((byte)'a').IsDead);
    }

    [Fact]
    public void An_ambiguous_grammar_takes_time_that_grows_with_the_text()
    {
        Grammar grammar = Grammar.FromRegex("(a|a|aa)*(a*)*b");

        Assert.True(grammar.Matches(new string('a', 20_000) + "b"));
        Assert.False(grammar.Matches(new string('a', 20_000)));
    }

    [Fact]
    public void Memory_is_bounded_while_the_states_change()
    {
        // Every nesting is a state of its own: far more of them than are kept.
        Grammar grammar = Grammar.FromGbnf("root ::= \"(\" root \")\" | [a-z]{0,400} \";\" root | \"x\"");
        StringBuilder text = new();
        Random random = new(3);
        for (int i = 0; i < 300; i++)
        {
            text.Append('(').Append(new string((char)('a' + random.Next(20)), random.Next(60))).Append(';');
        }

        Assert.True(grammar.Matches(text.ToString() + "x" + new string(')', 300)));
        Assert.False(grammar.Matches(text.ToString() + "x" + new string(')', 301)));
    }

    [Fact]
    public void A_large_schema_compiles()
    {
        IEnumerable<string> members = Enumerable.Range(0, 2000).Select(i => "\"member" + i + "\": {\"type\": [\"string\", \"null\"], \"maxLength\": 50}");
        string text = "{\"type\": \"object\", \"properties\": {" + string.Join(", ", members) + "}, \"required\": [\"member1999\"], \"additionalProperties\": false}";
        Grammar grammar = Grammar.FromJsonSchema(JsonDocument.Parse(text).RootElement);

        Assert.True(grammar.Matches("""{"member3": "x", "member1999": null}"""));
        Assert.False(grammar.Matches("""{"member3": "x"}"""));
    }

    [Fact]
    public void A_mean_name_of_a_member_changes_nothing_but_the_name()
    {
        Grammar grammar = Grammar.FromJsonSchema(JsonDocument.Parse("""{"type": "object", "properties": {"\" | root ::= .*\\": {"type": "null"}}, "required": ["\" | root ::= .*\\"], "additionalProperties": false}""").RootElement);

        Assert.True(grammar.Matches("""{"\" | root ::= .*\\": null}"""));
        Assert.False(grammar.Matches("anything"));
    }
}
