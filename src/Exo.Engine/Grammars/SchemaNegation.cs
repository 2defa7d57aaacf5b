using System.Collections.Immutable;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>
/// The values that a schema forbids, as shapes. A schema asks for all of its keywords, so that what fails one of them is forbidden; a keyword is
/// known here only if what fails it can be said exactly.
/// </summary>
/// <param name="forbiddenAt">The values that the schema at a place forbids.</param>
/// <param name="join">The values in both of two lists of shapes; the place is for a refusal.</param>
/// <param name="target">Where a $ref leads.</param>
internal sealed class SchemaNegation(
    Func<string, IReadOnlyList<SchemaShape>> forbiddenAt,
    Func<IReadOnlyList<SchemaShape>, IReadOnlyList<SchemaShape>, string, IReadOnlyList<SchemaShape>> join,
    Func<JsonElement, string, string> target)
{
    /// <summary>The place of a schema that allows nothing.</summary>
    public const string Never = "!";

    private static readonly JsonElement s_true = JsonDocument.Parse("true").RootElement;
    private static readonly JsonElement s_false = JsonDocument.Parse("false").RootElement;

    /// <summary>The shapes of the values that a schema forbids.</summary>
    /// <exception cref="GrammarException">They cannot be said exactly.</exception>
    public IReadOnlyList<SchemaShape> Of(JsonElement schema, string pointer)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                return [];
            case JsonValueKind.False:
                return [new SchemaShape()];
            case JsonValueKind.Object:
                // Reads every keyword as any other schema's, so that a faulty one is refused here too.
                SchemaKeywords.Read(schema, pointer);
                return [.. schema.EnumerateObject().SelectMany(keyword => Failing(keyword.Name, keyword.Value, $"{pointer}/{SchemaPointers.Escape(keyword.Name)}", pointer))];
            default:
                throw SchemaKeywords.Wrong(pointer, $"a schema is an object, true or false, not {schema.ValueKind}");
        }
    }

    /// <summary>Objects that have not all of some members.</summary>
    /// <param name="names">The members.</param>
    /// <param name="known">Names that stand in this order before any other.</param>
    public static IEnumerable<SchemaShape> Lacking(IEnumerable<string> names, ImmutableArray<string> known) => names.Select(name => new SchemaShape
    {
        Kinds = JsonKinds.Object,
        Members = [.. known.Select(one => (one, one == name ? ImmutableArray.Create(Never) : []))],
    });

    private IEnumerable<SchemaShape> Failing(string keyword, JsonElement value, string place, string pointer)
    {
        switch (keyword)
        {
            case "type":
                JsonKinds kinds = JsonKinds.All & ~SchemaKeywords.Kinds(value, place);
                return kinds == JsonKinds.None ? [] : [new SchemaShape { Kinds = kinds }];
            case "const":
                return Others([value], place);
            case "enum":
                return Others([.. value.EnumerateArray()], place);
            case "required":
                ImmutableArray<string> names = [.. value.EnumerateArray().Select(name => name.GetString()!).Distinct()];
                return Lacking(names, names);
            case "anyOf":
                return Places(value, place).Aggregate((IReadOnlyList<SchemaShape>)[new SchemaShape()], (all, at) => join(all, forbiddenAt(at), place));
            case "allOf":
                return Places(value, place).SelectMany(forbiddenAt);
            case "$ref":
                return forbiddenAt(target(value, pointer));
            default:
                return SchemaKeywords.IsAnnotation(keyword)
                    ? []
                    : throw SchemaKeywords.Wrong(place, $"the keyword {keyword} cannot be enforced inside of not or contains; known there are type, enum and const with texts, numbers, true, false and null, required, anyOf, allOf and $ref");
        }
    }

    private static IEnumerable<string> Places(JsonElement list, string place) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        ? Enumerable.Range(0, list.GetArrayLength()).Select(i => $"{place}/{i}")
        : throw SchemaKeywords.Wrong(place, "a list of schemas is wanted here, with at least one");

    /// <summary>All values but some, kind by kind.</summary>
    private static List<SchemaShape> Others(IReadOnlyList<JsonElement> values, string place)
    {
        if (values.FirstOrDefault(value => value.ValueKind is JsonValueKind.Array or JsonValueKind.Object) is { ValueKind: not JsonValueKind.Undefined } list)
        {
            throw SchemaKeywords.Wrong(place, $"that a value is not {list.GetRawText()} cannot be enforced token by token; only texts, numbers, true, false and null can be forbidden");
        }

        JsonKinds whole = JsonKinds.All & ~(values.Any(value => value.ValueKind == JsonValueKind.Null) ? JsonKinds.Null : JsonKinds.None);
        List<SchemaShape> shapes = [];
        bool[] truths = [.. values.Where(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False).Select(value => value.GetBoolean()).Distinct()];
        if (truths.Length > 0)
        {
            whole &= ~JsonKinds.Boolean;
            shapes.AddRange(new[] { true, false }.Except(truths).Select(truth => new SchemaShape { Kinds = JsonKinds.Boolean, Values = [truth ? s_true : s_false] }));
        }

        string[] texts = [.. values.Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!).Distinct()];
        if (texts.Length > 0)
        {
            whole &= ~JsonKinds.Text;
            shapes.Add(new SchemaShape { Kinds = JsonKinds.Text, NotTexts = [.. texts], NotAt = place });
        }

        ExactNumber[] numbers = [.. values.Where(value => value.ValueKind == JsonValueKind.Number).Select(value => ExactNumber.From(value) ?? throw SchemaKeywords.Wrong(place, $"{value.GetRawText()} is too long a number to forbid")).Distinct().Order()];
        if (numbers.Length > 0)
        {
            whole &= ~JsonKinds.Number;
            for (int i = 0; i <= numbers.Length; i++)
            {
                shapes.Add(new SchemaShape
                {
                    Kinds = JsonKinds.Number,
                    Low = i == 0 ? null : new NumberBound(numbers[i - 1], Exclusive: true),
                    High = i == numbers.Length ? null : new NumberBound(numbers[i], Exclusive: true),
                });
            }
        }

        shapes.Add(new SchemaShape { Kinds = whole });
        return shapes;
    }
}
