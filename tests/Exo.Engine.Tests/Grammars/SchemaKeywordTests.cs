using System.Text.Json;
using Exo.Engine.Grammars;

namespace Exo.Engine.Tests.Grammars;

/// <summary>Keywords that need more than one look at a value: each accepts exactly what jsonschema 4.26 does, or is refused by its place.</summary>
public sealed class SchemaKeywordTests
{
    [Theory]
    [InlineData("""{"type": "object", "minProperties": 1}""", """{"a":1}|{"a":1, "b":2}""", "{}|1")]
    [InlineData("""{"type": "object", "maxProperties": 2}""", """{}|{"a":1,"b":2}""", """{"a":1,"b":2,"c":3}""")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "additionalProperties": false, "minProperties": 2}""", """{"a":1,"c":3}|{"b":1,"c":3}|{"a":1,"b":2,"c":3}""", """{"a":1}|{}|{"c":1}|{"a":1,"a":2}""")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"], "minProperties": 2, "maxProperties": 3}""", """{"a":1,"b":1}|{"b":1,"x":2}|{"a":1,"b":1,"x":2}|{"b":1,"x":2,"y":3}""", """{"b":1}|{"a":1,"x":1}|{"a":1,"b":1,"x":2,"y":3}""")]
    [InlineData("""{"allOf": [{"type": "object", "maxProperties": 3}, {"minProperties": 1, "maxProperties": 1}]}""", """{"a":1}""", """{}|{"a":1,"b":2}""")]
    [InlineData("""{"minProperties": 1, "maxProperties": 0}""", "1|[]", """{}|{"a":1}""")]
    [InlineData("""{"enum": [{}, {"a": 1}, {"a": 1, "b": 2}], "minProperties": 1, "maxProperties": 1}""", """{"a":1}""", """{}|{"a":1,"b":2}""")]
    public void Members_are_counted(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("#/minProperties", """{"type": "object", "minProperties": 2}""")]
    [InlineData("#/minProperties", """{"properties": {"a": {}}, "required": ["a"], "minProperties": 3}""")]
    [InlineData("#/maxProperties", """{"type": "object", "maxProperties": 60000}""")]
    [InlineData("#/maxProperties", """{"maxProperties": "2"}""")]
    public void A_count_that_cannot_be_kept_is_refused_by_place(string place, string schema) => Assert.Contains(place, Refusal(schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type": "integer", "multipleOf": 7}""", "0|7|-14|700000000000000000000000|21", "1|-0|07|7.0|7e1|100")]
    [InlineData("""{"type": "integer", "multipleOf": 12, "minimum": -24, "exclusiveMaximum": 120}""", "-24|0|12|108", "-36|120|132|6|1212")]
    [InlineData("""{"type": "number", "multipleOf": 5}""", "0|10|-5", "5.5|5.0|7|-")]
    [InlineData("""{"multipleOf": 0.01}""", "0.07|19.99|-0.5|3|2.50|1.230|null|\"x\"", "0.001|1.995|1e-2|1.")]
    [InlineData("""{"type": "number", "multipleOf": 0.25, "exclusiveMinimum": -0.5, "maximum": 10.5}""", "-0.25|0|10.5|10.50|9.75", "-0.5|0.3|10.75|11|-0|-0.0")]
    [InlineData("""{"type": "integer", "multipleOf": 2.5}""", "0|5|-10", "2.5|3|7.5")]
    [InlineData("""{"allOf": [{"type": "number", "multipleOf": 0.4}, {"multipleOf": 0.6}]}""", "1.2|0|-2.4|6", "0.4|0.6|2|1.6")]
    [InlineData("""{"enum": [1, 1.5, 2, "a"], "multipleOf": 0.75}""", "1.5|\"a\"", "1|2")]
    public void Numbers_are_multiples_without_rounding(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("#/multipleOf", """{"type": "integer", "multipleOf": 100003}""")]
    [InlineData("#/multipleOf", """{"type": "integer", "multipleOf": 997, "maximum": 1e100, "minimum": 0}""")]
    [InlineData("#/multipleOf", """{"multipleOf": 0}""")]
    [InlineData("#/multipleOf", """{"multipleOf": -2}""")]
    [InlineData("#/multipleOf", """{"multipleOf": 1e-2000}""")]
    public void A_divisor_that_cannot_be_kept_is_refused_by_place(string place, string schema) => Assert.Contains(place, Refusal(schema), StringComparison.Ordinal);

    [Fact]
    public void Divisors_share_one_limit()
    {
        IEnumerable<string> members = Enumerable.Range(1, 40).Select(i => "\"p" + i + "\": {\"multipleOf\": " + (8000 + i) + "}");

        GrammarException refused = Assert.Throws<GrammarException>(() => Schema("{\"properties\": {" + string.Join(',', members) + "}}"));

        Assert.Contains("/multipleOf", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "object", "patternProperties": {"^n_": {"type": "integer"}}, "additionalProperties": false}""", """{}|{"n_a":1}|{"n_":2, "n_b":3}|{"\u006e_a":1}""", """{"n_a":"x"}|{"b":1}|{"an_":1}""")]
    [InlineData("""{"type": "object", "patternProperties": {"^a": {"type": "integer"}, "z$": {"minimum": 5}}}""", """{"a":1}|{"az":5}|{"z":7}|{"z":"x"}|{"q":null}""", """{"a":"x"}|{"az":4}|{"az":"x"}|{"bz":3}""")]
    [InlineData("""{"type": "object", "properties": {"ab": {"maximum": 3}, "x": {}}, "required": ["x"], "patternProperties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "null"}}""", """{"ab":3,"x":[]}|{"x":1,"ba":9}|{"x":1,"q":null}""", """{"ab":4,"x":1}|{"ab":2.5,"x":1}|{"x":1,"ba":"s"}|{"x":1,"q":1}|{"ab":1}""")]
    [InlineData("""{"allOf": [{"patternProperties": {"^a": {"type": "integer"}}}, {"patternProperties": {"b$": {"minimum": 2}}, "additionalProperties": {"type": "number"}}], "type": "object"}""", """{"ab":2}|{"a":1}|{"b":2}|{"x":0.5}|{"b":"x"}""", """{"ab":1}|{"a":0.5}|{"b":1}|{"x":"y"}|{"ab":2.5}""")]
    [InlineData("""{"type": "object", "required": ["k1"], "patternProperties": {"^k": {"type": "boolean"}}, "minProperties": 2}""", """{"k1":true,"k2":false}|{"k1":true,"x":1}""", """{"k1":1,"k2":true}|{"k1":true}|{"k1":true,"k2":1}""")]
    [InlineData("""{"enum": [{"a1": 1}, {"a1": "x"}, {"b": 0}], "patternProperties": {"[0-9]": {"type": "integer"}}, "additionalProperties": false}""", """{"a1":1}""", """{"a1":"x"}|{"b":0}""")]
    public void Members_are_told_apart_by_patterns_of_their_names(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("#/patternProperties", """{"patternProperties": 1}""")]
    [InlineData("#/patternProperties/(?=a)", """{"patternProperties": {"(?=a)": {}}}""")]
    [InlineData("patternProperties", """{"patternProperties": {"(a|b)*a(a|b){18}": {"type": "null"}}}""")]
    [InlineData("patternProperties", """{"patternProperties": {"^a{50000}": {"type": "null"}}}""")]
    [InlineData("more than 64 kinds", """{"patternProperties": {"1": {}, "2": {}, "3": {}, "4": {}, "5": {}, "6": {}, "7": {"type": "null"}}}""")]
    public void Patterns_of_names_that_cannot_be_told_apart_are_refused_by_place(string place, string schema) => Assert.Contains(place, Refusal(schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "dependentRequired": {"a": ["b"], "c": ["a"]}, "additionalProperties": false}""", """{}|{"b":1}|{"a":1,"b":1}|{"a":1,"b":1,"c":1}""", """{"a":1}|{"b":1,"c":1}|{"a":1,"c":1}|{"c":1}""")]
    [InlineData("""{"dependentRequired": {"b": ["a", "c"]}}""", """{"a":1}|{"x":1}|{"b":1,"a":2,"c":3}|[]|{"b":1,"a":2,"c":3,"x":4}""", """{"b":1}|{"b":1,"a":2}""")]
    [InlineData("""{"enum": [{"a": 1}, {"a": 1, "b": 2}], "dependentRequired": {"a": ["b"]}}""", """{"a":1,"b":2}""", """{"a":1}""")]
    public void A_member_may_ask_for_others(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("""{"not": {"type": "string"}}""", "1|null|[]|{}|1.5", "\"a\"|\"\"")]
    [InlineData("""{"type": "number", "not": {"type": "integer"}}""", "0.5|-2.25|10.010", "1|1.0|0.0|-0.00|1e1")]
    [InlineData("""{"type": "integer", "not": {"enum": [3, 5, "a"]}}""", "2|4|6|-3|35", "3|5")]
    [InlineData("""{"type": ["string", "boolean", "null"], "not": {"enum": ["ab", "", null, true]}}""", "\"a\"|\"abc\"|false|\"é\"", "\"ab\"|\"\"|null|true|\"\\u0061b\"")]
    [InlineData("""{"type": "string", "pattern": "^[ab]+$", "maxLength": 2, "not": {"const": "ab"}}""", "\"a\"|\"ba\"", "\"ab\"|\"aba\"|\"c\"")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a", "b"]}}""", """{}|{"a":1}|{"b":1,"x":1}""", """{"a":1,"b":1}|{"a":1,"b":1,"x":1}""")]
    [InlineData("""{"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"], "not": {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}}""", """{"a":1}|{"a":1,"x":1}""", """{"a":1,"b":1}|{"a":1,"c":1}""")]
    [InlineData("""{"enum": [1, 2, "a"], "not": {"$ref": "#/$defs/n"}, "$defs": {"n": {"type": "integer", "const": 2}}}""", "1|\"a\"", "2")]
    public void What_is_not_wanted_is_left_out(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("#/not", """{"not": {"title": "anything"}}""")]
    [InlineData("#/not/const", """{"not": {"const": [1]}}""")]
    [InlineData("#/not/pattern", """{"type": "string", "not": {"pattern": "a"}}""")]
    [InlineData("#/not/anyOf/0/properties", """{"not": {"anyOf": [{"properties": {"a": {"const": 1}}}]}}""")]
    [InlineData("#/not/not", """{"not": {"not": {"type": "null"}}}""")]
    [InlineData("#/not", """{"type": "string", "maxLength": 50000, "not": {"const": "a"}}""")]
    [InlineData("#/dependentRequired/a", """{"dependentRequired": {"a": "b"}}""")]
    [InlineData("#/dependentRequired", """{"type": "object", "dependentRequired": {"a": ["0"], "b": ["0"], "c": ["0"], "d": ["0"], "e": ["0"], "f": ["0"], "g": ["0"], "h": ["0"], "i": ["0"]}}""")]
    public void What_cannot_be_left_out_is_refused_by_place(string place, string schema) => Assert.Contains(place, Refusal(schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type": "array", "items": {"enum": ["a", "b", 1, 1.0]}, "uniqueItems": true, "minItems": 1}""", """["a"]|["b","a",1]|[1.0,"b"]""", """[]|["a","a"]|[1,1.0]|["a","b","a"]|["c"]""")]
    [InlineData("""{"type": "array", "prefixItems": [{"const": 1}, {"enum": [1, 2]}], "items": {"type": "boolean"}, "uniqueItems": true}""", "[]|[1]|[1,2]|[1,2,true,false]", "[1,1]|[2]|[1,2,true,true]")]
    [InlineData("""{"type": "array", "items": {"type": "integer", "minimum": -1, "exclusiveMaximum": 2}, "uniqueItems": true, "contains": {"const": 0}, "maxItems": 2}""", "[0]|[1,0]|[0,-1]", "[1]|[]|[0,0]|[1,-1]|[1,0,-1]|[2,0]")]
    [InlineData("""{"type": "array", "items": {"type": "string"}, "uniqueItems": true, "maxItems": 1}""", "[]|[\"x\"]", "[\"x\",\"y\"]")]
    [InlineData("""{"enum": [[1, 1], [1, 2], [[1], [1.0]]], "uniqueItems": true}""", "[1,2]", "[1,1]|[[1],[1.0]]")]
    public void Items_differ(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("""{"type": "array", "contains": {"const": 5}}""", "[5]|[1,5]|[\"x\",5,5,{}]", "[]|[1]|[15]")]
    [InlineData("""{"type": "array", "items": {"type": "integer"}, "contains": {"enum": [1, 2]}, "minContains": 2, "maxContains": 3, "maxItems": 4}""", "[1,2]|[0,1,9,2]|[1,1,1,0]", "[1]|[1,1,1,1]|[1,2,3,4,5]|[1,2,\"a\"]|[0,0,0,1]")]
    [InlineData("""{"type": "array", "prefixItems": [{"const": "k"}], "contains": {"type": "string"}, "minContains": 0, "maxContains": 1}""", "[]|[\"k\"]|[\"k\",1]", "[\"k\",\"x\"]|[1]")]
    [InlineData("""{"enum": [[], [1], [1, 1]], "contains": {"const": 1}, "maxContains": 1}""", "[1]", "[]|[1,1]")]
    public void Some_items_are_as_asked(string schema, string inside, string outside) => Assert.Empty(Wrong(schema, inside, outside));

    [Theory]
    [InlineData("#/uniqueItems", """{"type": "array", "items": {"type": "string"}, "uniqueItems": true}""")]
    [InlineData("#/uniqueItems", """{"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 11}, "uniqueItems": true}""")]
    [InlineData("#/uniqueItems", """{"uniqueItems": 1}""")]
    [InlineData("#/contains/minLength", """{"type": "array", "contains": {"minLength": 3}}""")]
    [InlineData("#/contains", """{"type": "array", "contains": {"const": 1}, "maxContains": 50000}""")]
    [InlineData("#/minContains", """{"type": "array", "contains": {"const": 1}, "minContains": "x"}""")]
    [InlineData("#/allOf/1/contains", """{"type": "array", "allOf": [{"contains": {"const": 1}}, {"contains": {"const": 2}}]}""")]
    public void Items_that_cannot_be_told_apart_are_refused_by_place(string place, string schema) => Assert.Contains(place, Refusal(schema), StringComparison.Ordinal);

    private static IEnumerable<string> Wrong(string schema, string inside, string outside)
    {
        Grammar grammar = Schema(schema);
        return [.. inside.Split('|').Where(text => !grammar.Matches(text)), .. outside.Split('|').Where(grammar.Matches)];
    }

    private static string Refusal(string schema) => Assert.Throws<GrammarException>(() => Schema(schema)).Message;

    private static Grammar Schema(string schema) => Grammar.FromJsonSchema(JsonDocument.Parse(schema).RootElement);
}
