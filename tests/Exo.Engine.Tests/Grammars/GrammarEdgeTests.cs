using System.Text;
using System.Text.Json;
using Exo.Engine.Grammars;

namespace Exo.Engine.Tests.Grammars;

/// <summary>Inputs at the edges of what can be said: deep, large, oddly spelled.</summary>
public sealed class GrammarEdgeTests
{
    [Fact]
    public void A_text_at_the_limit_of_nesting_can_still_be_ended()
    {
        Grammar grammar = Grammar.FromGbnf("root ::= ([-a] ([^^]) \"c]\") | [^\\n] root [\\]]");
        GrammarState state = grammar.Start;
        int deepest = 0;
        while (state.Step((byte)'x') is { IsDead: false } next)
        {
            state = next;
            deepest++;
        }

        foreach (byte value in Encoding.ASCII.GetBytes("abc]" + new string(']', deepest)))
        {
            state = state.Step(value);
        }

        Assert.InRange(deepest, 1000, 1024);
        Assert.True(state.IsComplete);
    }

    [Fact]
    public void JSON_nested_to_the_limit_can_still_be_ended()
    {
        GrammarState state = Grammar.FromJson().Start;
        int deepest = 0;
        while (After(state, "{\"é\":") is { IsDead: false } next)
        {
            state = next;
            deepest++;
        }

        Assert.True(After(state, "{}" + new string('}', deepest)).IsComplete);
    }

    [Fact]
    public void A_text_that_must_nest_too_deep_is_refused()
    {
        string rules = string.Concat(Enumerable.Range(0, 1100).Select(i => $"r{i} ::= \"(\" r{i + 1} \")\"\n"));

        GrammarException refused = Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= r0\n" + rules + "r1100 ::= \"x\"\n"));

        Assert.Contains("inside of each other", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_that_lead_to_each_other_for_long_are_read_or_refused()
    {
        string members = Chain(5000, (i, next) => "{\"type\": \"object\", \"properties\": {\"x\": {" + next + "}}}");
        string aliases = Chain(10_000, (i, next) => "{" + next + "}");

        Assert.True(Schema(members).Matches("""{"x": {"x": {}}}"""));
        Assert.Contains("refer to each other", Assert.Throws<GrammarException>(() => Schema(aliases)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#/enum/0", """{"enum": ["\ud800"]}""")]
    [InlineData("#/properties", """{"properties": {"\ud800": {}}}""")]
    [InlineData("#/const/a", """{"const": {"a": {"\udc00": 1}}}""")]
    [InlineData("#/required/0", """{"required": ["\ud83d"]}""")]
    public void Half_a_surrogate_pair_is_refused_by_place(string place, string schema) =>
        Assert.Contains(place, Assert.Throws<GrammarException>(() => Schema(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"const": 1.0}""", "1.0|1")]
    [InlineData("""{"const": 1e21}""", "1e21|1000000000000000000000")]
    [InlineData("""{"enum": [0.10, -0]}""", "0.10|0.1|0|-0")]
    [InlineData("""{"const": 1e30, "type": "integer"}""", "1e30")]
    [InlineData("""{"const": 1e-40, "maximum": 1e-39, "exclusiveMinimum": 0}""", "1e-40")]
    [InlineData("""{"type": "integer", "minimum": -170141183460469231731687303715884105728, "maximum": 0}""", "-170141183460469231731687303715884105728|0")]
    [InlineData("""{"const": {"b": 1, "a": 2.0}, "properties": {"a": {"type": "integer"}, "b": {}}}""", """{"b": 1, "a": 2}|{"b": 1, "a": 2.0}""")]
    public void A_number_that_is_known_may_be_spelled_as_it_is_or_plainly(string schema, string texts) =>
        Assert.All(texts.Split('|'), text => Assert.True(Schema(schema).Matches(text), text));

    [Theory]
    [InlineData("""{"const": 1e400, "maximum": 5}""")]
    [InlineData("""{"const": 1e-40, "type": "integer"}""")]
    [InlineData("""{"const": "abc", "maxLength": 2}""")]
    [InlineData("""{"const": ["a"], "items": {"type": "number"}}""")]
    [InlineData("""{"const": {"a": 1}, "required": ["b"]}""")]
    public void A_value_that_the_rest_forbids_is_not_allowed(string schema) =>
        Assert.Contains("No text can satisfy", Assert.Throws<GrammarException>(() => Schema(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("x{2}{3}", "repeated")]
    [InlineData("{2}", "nothing to repeat")]
    [InlineData("a{,2}", "write {0,2}")]
    [InlineData("\\01", "octal")]
    [InlineData("a\\b", "boundaries")]
    [InlineData("\\p{L}", "properties")]
    [InlineData("(?<!a)b", "looking behind")]
    [InlineData("(?!a)b", "looking ahead")]
    [InlineData("(?i)a", "flags")]
    [InlineData("(?P<n>a)(?P=n)", "a reference back")]
    public void An_expression_is_refused_by_what_cannot_be(string regex, string reason) =>
        Assert.Contains(reason, Assert.Throws<GrammarException>(() => Grammar.FromRegex(regex)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"pattern": "^[a-z]+$", "minLength": 2, "maxLength": 3, "type": "string"}""", "ab|abc", "a|abcd|")]
    [InlineData("""{"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 3, "type": "string"}""", "a|a_0", "|a_00")]
    [InlineData("""{"pattern": "^(?:😀{2})+$", "maxLength": 5, "type": "string"}""", "😀😀|😀😀😀😀", "😀|😀😀😀😀😀😀")]
    [InlineData("""{"pattern": "^(a|b{2,5}|c*)$", "minLength": 2, "maxLength": 3, "type": "string"}""", "bb|cc|ccc", "a|bbbb|c|cccc")]
    [InlineData("""{"pattern": "^x(yz)?$", "minLength": 2, "type": "string"}""", "xyz", "x")]
    [InlineData("""{"format": "date", "maxLength": 10, "minLength": 1, "type": "string"}""", "2024-02-29", "2024-02-2")]
    [InlineData("""{"format": "uri", "minLength": 1, "type": "string"}""", "https://example.org/", "")]
    public void A_pattern_holds_its_length(string schema, string inside, string outside)
    {
        Grammar grammar = Schema(schema);

        Assert.All(inside.Split('|'), text => Assert.True(grammar.Matches($"\"{text}\""), text));
        Assert.All(outside.Split('|'), text => Assert.False(grammar.Matches($"\"{text}\""), text));
    }

    [Theory]
    [InlineData("""{"type": "string", "pattern": "^[a-z]+-[a-z]+$", "maxLength": 5}""", "#/pattern")]
    [InlineData("""{"properties": {"a": {"$id": "b", "$ref": "#/$defs/c"}}, "$defs": {"c": {"type": "null"}}}""", "#/properties/a/$id")]
    [InlineData("""{"type": "string", "nullable": true}""", "#/nullable")]
    [InlineData("""{"propertyNames": {"maxLength": 2}}""", "#/propertyNames")]
    public void What_cannot_be_said_is_refused_by_place(string schema, string place) =>
        Assert.Contains(place, Assert.Throws<GrammarException>(() => Schema(schema)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type": "object", "propertyNames": {"type": "string"}, "additionalProperties": {"type": "null"}}""", """{"a": null}""")]
    [InlineData("""{"oneOf": [{"required": ["k"], "properties": {"k": {"const": 1}}, "type": "object"}, {"type": "null"}], "discriminator": {"propertyName": "k"}}""", """{"k": 1}""")]
    [InlineData("""{"$anchor": "a", "then": false}""", "1")]
    [InlineData("""{"if": {"type": "string"}, "minContains": 2, "nullable": false}""", "1")]
    [InlineData("""{"type": "number", "multipleOf": 1.0}""", "12")]
    public void A_keyword_that_asks_for_nothing_more_is_passed_over(string schema, string text)
    {
        Assert.True(Schema(schema).Matches(text));
        Assert.False(Schema(schema).Matches("1.5x"));
    }

    [Fact]
    public void A_group_may_be_named_as_Python_names_it() => Assert.True(Grammar.FromRegex("(?P<year>[0-9]{4})").Matches("2024"));

    [Fact]
    public void A_class_of_very_many_letters_is_read_in_time()
    {
        string letters = string.Concat(Enumerable.Range(0x4E00, 20_000).Select(code => ((char)code).ToString() + "-" + (char)code));

        Assert.True(Grammar.FromRegex($"[{letters}]+").Matches("一丁"));
    }

    [Theory]
    [InlineData("root ::= \"a\"{ 1 , 2 }", "aa")]
    [InlineData("root ::= (\"a\"{2,\n}) \"b\"", "aaab")]
    public void A_count_may_hold_spaces(string gbnf, string text) => Assert.True(Grammar.FromGbnf(gbnf).Matches(text));

    [Theory]
    [InlineData("root ::= <think> \"a\"")]
    [InlineData("root ::= !<[5]>*")]
    public void Single_tokens_are_refused_by_name(string gbnf) =>
        Assert.Contains("single tokens", Assert.Throws<GrammarException>(() => Grammar.FromGbnf(gbnf)).Message, StringComparison.Ordinal);

    private static string Chain(int count, Func<int, string, string> link)
    {
        IEnumerable<string> links = Enumerable.Range(0, count).Select(i => $"\"a{i}\": {link(i, $"\"$ref\": \"#/$defs/a{i + 1}\"")}");
        return "{\"$ref\": \"#/$defs/a0\", \"$defs\": {" + string.Join(", ", links) + $", \"a{count}\": true}}}}";
    }

    private static Grammar Schema(string schema) => Grammar.FromJsonSchema(JsonDocument.Parse(schema).RootElement);

    private static GrammarState After(GrammarState state, string text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            state = state.Step(value);
        }

        return state;
    }
}
