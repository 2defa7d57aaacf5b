using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Tells of values that are known whether a shape allows them: those of enum and const, which are written out.</summary>
/// <param name="shapesOf">The alternatives of the schemas at some places.</param>
internal sealed class SchemaValues(Func<IReadOnlyList<string>, IReadOnlyList<SchemaShape>> shapesOf)
{
    private const int MostCompared = 500;

    private readonly Dictionary<string, Grammar?> _texts = new(StringComparer.Ordinal);

    /// <summary>Whether a value satisfies all that the shape asks.</summary>
    public bool Holds(SchemaShape shape, JsonElement value)
    {
        JsonKinds kind = KindOf(value);
        if ((shape.Kinds & kind) == JsonKinds.None || shape.Values?.Any(known => JsonElement.DeepEquals(known, value)) == false)
        {
            return false;
        }

        return kind switch
        {
            JsonKinds.Integer or JsonKinds.Fraction => ExactNumber.From(value) is { } number && Within(shape.Low, number, 1) && Within(shape.High, number, -1) && (shape.Step is null || number.IsMultipleOf(shape.Step.Value)),
            JsonKinds.Text => HoldsText(shape, value.GetString()!),
            JsonKinds.Array => HoldsItems(shape, value),
            JsonKinds.Object => HoldsMembers(shape, value),
            _ => true,
        };
    }

    public static JsonKinds KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonKinds.Null,
        JsonValueKind.True or JsonValueKind.False => JsonKinds.Boolean,
        JsonValueKind.String => JsonKinds.Text,
        JsonValueKind.Array => JsonKinds.Array,
        JsonValueKind.Object => JsonKinds.Object,
        _ => ExactNumber.From(value) is { IsWhole: true } ? JsonKinds.Integer : JsonKinds.Fraction,
    };

    private static bool Within(NumberBound? bound, ExactNumber number, int sign) =>
        bound is null || (number.CompareTo(bound.Value) * sign is int order && (order > 0 || (order == 0 && !bound.Exclusive)));

    private bool HoldsText(SchemaShape shape, string text)
    {
        int length = text.EnumerateRunes().Count();
        return length >= shape.LeastLength && !(length > shape.MostLength) && !shape.NotTexts.Contains(text) && shape.Texts.All(wanted => Matches(wanted.Pointer, wanted.Text, text));
    }

    private bool HoldsItems(SchemaShape shape, JsonElement list)
    {
        int count = list.GetArrayLength();
        return (shape.UniqueAt.Length == 0 || IsDistinct(shape, list))
            && shape.Contained.All(wanted => list.EnumerateArray().Count(item => HoldsAll([wanted.Schema], item)) is int found && found >= wanted.Least && !(found > wanted.Most))
            && count >= shape.LeastItems && !(count > shape.MostItems) && Enumerable.Range(0, count).All(i => HoldsAll(shape.ItemAt(i), list[i]));
    }

    private static bool IsDistinct(SchemaShape shape, JsonElement list)
    {
        JsonElement[] items = [.. list.EnumerateArray()];
        return items.Length <= MostCompared
            ? !items.Where((item, i) => items.Take(i).Any(other => JsonElement.DeepEquals(item, other))).Any()
            : throw SchemaKeywords.Wrong(shape.UniqueAt, $"a list of more than {MostCompared} items is not compared item by item; shorten it");
    }

    private bool HoldsMembers(SchemaShape shape, JsonElement members) =>
        shape.Required.All(name => members.TryGetProperty(name, out _))
        && members.EnumerateObject().Select(member => member.Name).Distinct().Count() is int count && count >= shape.LeastMembers && !(count > shape.MostMembers)
        && members.EnumerateObject().All(member => HoldsAll(shape.SchemaOf(member.Name), member.Value));

    /// <summary>Whether a value satisfies all of some schemas.</summary>
    public bool HoldsAll(IReadOnlyList<string> schemas, JsonElement value) => schemas.Count == 0 || shapesOf(schemas).Any(shape => Holds(shape, value));

    private bool Matches(string pointer, GrammarPattern pattern, string text)
    {
        if (!_texts.TryGetValue(pointer, out Grammar? grammar))
        {
            grammar = Grammar.OfText(pattern);
            _texts.Add(pointer, grammar);
        }

        return grammar?.Matches(text) == true;
    }
}
