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
    public void Members_are_counted(string schema, string inside, string outside) => Check(schema, inside, outside);

    [Theory]
    [InlineData("#/minProperties", """{"type": "object", "minProperties": 2}""")]
    [InlineData("#/minProperties", """{"properties": {"a": {}}, "required": ["a"], "minProperties": 3}""")]
    [InlineData("#/maxProperties", """{"type": "object", "maxProperties": 60000}""")]
    [InlineData("#/maxProperties", """{"maxProperties": "2"}""")]
    public void A_count_that_cannot_be_kept_is_refused_by_place(string place, string schema) => CheckRefused(place, schema);

    private static void Check(string schema, string inside, string outside)
    {
        Grammar grammar = Schema(schema);

        Assert.All(inside.Split('|'), text => Assert.True(grammar.Matches(text), text));
        Assert.All(outside.Split('|'), text => Assert.False(grammar.Matches(text), text));
    }

    private static void CheckRefused(string place, string schema) =>
        Assert.Contains(place, Assert.Throws<GrammarException>(() => Schema(schema)).Message, StringComparison.Ordinal);

    private static Grammar Schema(string schema) => Grammar.FromJsonSchema(JsonDocument.Parse(schema).RootElement);
}
