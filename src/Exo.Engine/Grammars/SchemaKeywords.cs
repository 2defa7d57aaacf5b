using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Reads the keywords of one schema object, without those that name alternatives.</summary>
internal static class SchemaKeywords
{
    private const int MostCount = 100_000;

    private static readonly HashSet<string> s_annotations =
    [
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "$anchor", "$vocabulary", "discriminator", "externalDocs", "xml",
    ];

    private static readonly HashSet<string> s_alternatives = ["$ref", "allOf", "anyOf", "oneOf", "not", "dependentRequired"];

    public static SchemaShape Read(JsonElement schema, string pointer)
    {
        SchemaShape shape = new();
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            string place = $"{pointer}/{SchemaPointers.Escape(keyword.Name)}";
            shape = Add(shape, keyword.Name, keyword.Value, place, schema, pointer) ?? throw Refuse(keyword.Name, place);
        }

        return schema.TryGetProperty("patternProperties", out JsonElement patterns) ? WithNames(shape, patterns, $"{pointer}/patternProperties") : shape;
    }

    public static GrammarException Wrong(string place, string reason) => new($"The schema, {place}: {reason}.");

    /// <summary>Whether a keyword only tells about values.</summary>
    public static bool IsAnnotation(string keyword) => s_annotations.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal);

    /// <summary>The shape with one more keyword; null where it cannot be enforced.</summary>
    private static SchemaShape? Add(SchemaShape shape, string keyword, JsonElement value, string place, JsonElement schema, string pointer)
    {
        switch (keyword)
        {
            case "type":
                return shape with { Kinds = shape.Kinds & Kinds(value, place) };
            case "enum":
                return value.ValueKind == JsonValueKind.Array ? WithValues(shape, [.. value.EnumerateArray()]) : throw Wrong(place, "enum is a list of values");
            case "const":
                return WithValues(shape, [value]);
            case "minimum":
                return shape with { Low = Tighter(shape.Low, Bound(value, place, exclusive: false), 1) };
            case "exclusiveMinimum":
                return shape with { Low = Tighter(shape.Low, Bound(value, place, exclusive: true), 1) };
            case "maximum":
                return shape with { High = Tighter(shape.High, Bound(value, place, exclusive: false), -1) };
            case "exclusiveMaximum":
                return shape with { High = Tighter(shape.High, Bound(value, place, exclusive: true), -1) };
            case "minLength":
                return shape with { LeastLength = Count(value, place) };
            case "maxLength":
                return shape with { MostLength = Count(value, place) };
            case "minItems":
                return shape with { LeastItems = Count(value, place) };
            case "maxItems":
                return shape with { MostItems = Count(value, place) };
            case "minProperties":
                return shape with { LeastMembers = Count(value, place), CountedAt = place };
            case "maxProperties":
                return shape with { MostMembers = Count(value, place), CountedAt = shape.CountedAt.Length > 0 ? shape.CountedAt : place };
            case "pattern":
                return shape with { Texts = shape.Texts.Add((place, Pattern(Text(value, place), place))) };
            case "format":
                return shape with { Texts = shape.Texts.Add((place, TextFormats.Find(Text(value, place)) ?? throw Wrong(place, $"the format {Text(value, place)} is not known; known are {string.Join(", ", TextFormats.Names)}"))) };
            case "properties":
                return shape with { Members = [.. Object(value, place).EnumerateObject().Select(member => member.Name).Distinct().Select(name => (name, ImmutableArray.Create($"{place}/{SchemaPointers.Escape(name)}")))] };
            case "required":
                return value.ValueKind == JsonValueKind.Array ? shape with { Required = [.. value.EnumerateArray().Select(name => Text(name, place)).Distinct()] } : throw Wrong(place, "required is a list of names");
            case "multipleOf":
                return value.ValueKind == JsonValueKind.Number && ExactNumber.From(value) is { Sign: > 0 } step
                    ? shape with { Kinds = shape.Kinds & (step.IsWhole ? ~JsonKinds.Fraction : JsonKinds.All), Step = step.Plain == "1" ? null : step, StepAt = place }
                    : throw Wrong(place, $"{value.GetRawText()} is no divisor that can be enforced; give a number above zero of at most a thousand digits");
            case "additionalProperties":
                return shape with { Others = [place] };
            case "items" when value.ValueKind == JsonValueKind.Array:
            case "prefixItems":
                return value.ValueKind == JsonValueKind.Array
                    ? shape with { Prefix = [.. Enumerable.Range(0, value.GetArrayLength()).Select(i => ImmutableArray.Create($"{place}/{i}"))] }
                    : throw Wrong(place, "prefixItems is a list of schemas");
            case "items":
                return shape with { Items = [place] };
            case "uniqueItems" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return shape with { UniqueAt = value.GetBoolean() ? place : "" };
            case "contains":
                return shape with { Contained = [(place, Counted("minContains") ?? 1, Counted("maxContains"))] };
            case "additionalItems":
                return schema.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array ? shape with { Items = [place] } : shape;
            default:
                return MeansNothing(keyword, value, schema, pointer) ? shape : null;
        }

        int? Counted(string name) => schema.TryGetProperty(name, out JsonElement count) ? Count(count, $"{pointer}/{name}") : null;
    }

    /// <summary>Patterns of names: listed members get the schemas of those that match, and additionalProperties is for names that none matches.</summary>
    private static SchemaShape WithNames(SchemaShape shape, JsonElement patterns, string place)
    {
        string At(JsonProperty pattern) => $"{place}/{SchemaPointers.Escape(pattern.Name)}";
        NameLayer layer = new(
            place,
            [.. patterns.EnumerateObject().Select(pattern => (Pattern(pattern.Name, At(pattern)), At(pattern)))],
            shape.Others);
        return layer.Patterns.IsEmpty
            ? shape
            : shape with { Others = [], Layers = [layer], Members = [.. shape.Members.Select(member => (member.Name, member.Schema.AddRange(layer.Matching(member.Name))))] };
    }

    /// <summary>Annotations, what is read elsewhere, and values of a keyword that ask for nothing.</summary>
    private static bool MeansNothing(string keyword, JsonElement value, JsonElement schema, string pointer) =>
        IsAnnotation(keyword)
        || s_alternatives.Contains(keyword)
        || (keyword == "nullable" && value.ValueKind == JsonValueKind.False)
        || keyword is "minContains" or "maxContains"
        || (keyword is "then" or "else" && !schema.TryGetProperty("if", out _))
        || (keyword == "if" && !schema.TryGetProperty("then", out _) && !schema.TryGetProperty("else", out _))
        || (keyword == "propertyNames" && AllowsAnyText(value))
        || (keyword == "patternProperties" && value.ValueKind == JsonValueKind.Object);

    /// <summary>Whether a schema of names forbids none, as what programs write for a map.</summary>
    private static bool AllowsAnyText(JsonElement names) =>
        names.ValueKind == JsonValueKind.True
        || (names.ValueKind == JsonValueKind.Object && names.EnumerateObject().All(keyword => s_annotations.Contains(keyword.Name) || (keyword.Name == "type" && keyword.Value.ValueKind == JsonValueKind.String && keyword.Value.GetString() == "string")));

    private static GrammarException Refuse(string keyword, string place) =>
        Wrong(place, $"the keyword {keyword} cannot be enforced token by token; leave it out and check the answer, or say it with type, enum, const, properties, required, items, anyOf, $ref, pattern and bounds");

    private static SchemaShape WithValues(SchemaShape shape, ImmutableArray<JsonElement> values) =>
        shape with { Values = shape.Values is { } before ? [.. before.Where(value => values.Any(other => JsonElement.DeepEquals(value, other)))] : values };

    /// <summary>The kinds of a type, or of a list of them.</summary>
    public static JsonKinds Kinds(JsonElement type, string place)
    {
        if (type.ValueKind == JsonValueKind.Array)
        {
            return type.EnumerateArray().Aggregate(JsonKinds.None, (kinds, one) => kinds | Kinds(one, place));
        }

        return Text(type, place) switch
        {
            "null" => JsonKinds.Null,
            "boolean" => JsonKinds.Boolean,
            "integer" => JsonKinds.Integer,
            "number" => JsonKinds.Number,
            "string" => JsonKinds.Text,
            "array" => JsonKinds.Array,
            "object" => JsonKinds.Object,
            string other => throw Wrong(place, $"\"{other}\" is no type; the types are null, boolean, integer, number, string, array and object"),
        };
    }

    private static NumberBound Bound(JsonElement value, string place, bool exclusive) =>
        value.ValueKind == JsonValueKind.Number && ExactNumber.From(value) is { } bound
            ? new NumberBound(bound, exclusive)
            : throw Wrong(place, $"{value.GetRawText()} is no bound that can be enforced; give a number of at most a thousand digits");

    private static NumberBound Tighter(NumberBound? a, NumberBound b, int sign) =>
        SchemaShape.Both(sign > 0 ? new() { Low = a } : new() { High = a }, sign > 0 ? new() { Low = b } : new() { High = b })! is var both && sign > 0 ? both.Low! : both.High!;

    private static int Count(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal count) && decimal.IsInteger(count) && count is >= 0 and <= MostCount
            ? (int)count
            : throw Wrong(place, $"{value.GetRawText()} is no count that can be enforced; give a whole number from 0 to {MostCount.ToString(CultureInfo.InvariantCulture)}");

    private static string Text(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(place, $"{value.GetRawText()} is no text");

    private static JsonElement Object(JsonElement value, string place) => value.ValueKind == JsonValueKind.Object ? value : throw Wrong(place, "properties is an object of schemas");

    private static GrammarPattern Pattern(string regex, string place)
    {
        try
        {
            return new RegexReader(regex).Read(wholeText: false);
        }
        catch (GrammarException e)
        {
            throw Wrong(place, e.Message.TrimEnd('.'));
        }
    }
}
