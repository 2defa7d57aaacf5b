using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Writes arrays whose items are counted or must differ as JSON patterns.</summary>
/// <param name="rules">Gets the rules that are made.</param>
/// <param name="patternOf">The pattern of the schemas at some places.</param>
/// <param name="shapesOf">The alternatives of the schemas at some places.</param>
/// <param name="known">Tells of values whether a shape allows them.</param>
internal sealed class ItemPatterns(
    GrammarRules rules, Func<IReadOnlyList<string>, GrammarPattern> patternOf, Func<IReadOnlyList<string>, IReadOnlyList<SchemaShape>> shapesOf, SchemaValues known)
{
    private const int MostPlaces = 20_000;

    /// <summary>A place is a set of values that were used.</summary>
    private const int MostValues = 10;

    /// <summary>Arrays of which so many items satisfy a schema: a place for each item and each count before it.</summary>
    /// <exception cref="GrammarException">They are counted by two schemas or too far, or what does not satisfy the schema cannot be said.</exception>
    public GrammarPattern Containing(SchemaShape shape)
    {
        (string schema, int least, int? most) = shape.Contained[0];
        if (shape.Contained.Length > 1)
        {
            throw SchemaKeywords.Wrong(shape.Contained[1].Schema, "the keyword contains cannot be enforced token by token together with another one; keep one of them");
        }

        if (least > most)
        {
            return GrammarPattern.Nothing;
        }

        int last = Math.Max(1, shape.MostItems ?? Math.Max(shape.Prefix.Length, shape.LeastItems));
        int cap = most ?? least;
        if ((last + 1L) * (cap + 1L) > MostPlaces)
        {
            throw SchemaKeywords.Wrong(schema, $"the keyword contains needs more than {MostPlaces} places to count up to {cap} among {last} items; ask for fewer");
        }

        GrammarPattern comma = JsonPatterns.Comma(rules);
        ImmutableArray<GrammarPattern.Place>.Builder places = ImmutableArray.CreateBuilder<GrammarPattern.Place>();
        for (int i = 0; i <= last; i++)
        {
            GrammarPattern with = patternOf([.. shape.ItemAt(i), schema]);
            GrammarPattern without = patternOf([.. shape.ItemAt(i), SchemaNegation.Never + schema]);
            int below = Math.Min(i + 1, last) * (cap + 1);
            for (int count = 0; count <= cap; count++)
            {
                List<(GrammarPattern, int)> ways = [];
                if (!(i >= shape.MostItems))
                {
                    ways.Add((Behind(i, without), below + count));
                    if (!(count >= most))
                    {
                        ways.Add((Behind(i, with), below + Math.Min(count + 1, cap)));
                    }
                }

                places.Add(new GrammarPattern.Place(i >= shape.LeastItems && count >= least, [.. ways]));
            }
        }

        return JsonPatterns.Enclosed("[", new GrammarPattern.Network(places.ToImmutable()), "]", rules);

        GrammarPattern Behind(int index, GrammarPattern item) => index == 0 ? item : GrammarPattern.Of(comma, item);
    }

    /// <summary>Arrays in which no value comes twice: a place for each set of values that were used.</summary>
    /// <exception cref="GrammarException">The values are not few enough to name each.</exception>
    public GrammarPattern Different(SchemaShape shape)
    {
        int named = Math.Min(shape.Prefix.Length, shape.MostItems ?? int.MaxValue);
        List<JsonElement> values = [];
        List<List<GrammarPattern>> spellings = [];
        for (int i = 0; i <= named && !(i >= shape.MostItems); i++)
        {
            foreach (JsonElement value in Finite(shape.ItemAt(i), shape.UniqueAt))
            {
                int at = values.FindIndex(other => JsonElement.DeepEquals(other, value));
                if (at < 0)
                {
                    at = values.Count;
                    values.Add(value);
                    spellings.Add([]);
                }

                spellings[at].Add(JsonPatterns.Literal(rules, value));
            }
        }

        if (values.Count > MostValues)
        {
            throw TooMany(shape.UniqueAt);
        }

        GrammarPattern comma = JsonPatterns.Comma(rules);
        GrammarPattern[] texts = [.. spellings.Select(GrammarPattern.OneOf)];
        bool[][] fits = [.. Enumerable.Range(0, named + 1).Select(i => values.Select(value => known.HoldsAll(shape.ItemAt(i), value)).ToArray())];
        bool[][] counted = [.. shape.Contained.Select(wanted => values.Select(value => known.HoldsAll([wanted.Schema], value)).ToArray())];
        return JsonPatterns.Enclosed("[", new GrammarPattern.Network([.. Enumerable.Range(0, 1 << values.Count).Select(Place)]), "]", rules);

        GrammarPattern.Place Place(int used)
        {
            int count = BitOperations.PopCount((uint)used);
            bool ends = count >= shape.LeastItems && shape.Contained.Select((wanted, c) => (wanted, Found: Enumerable.Range(0, values.Count).Count(v => (used >> v & 1) == 1 && counted[c][v])))
                .All(found => found.Found >= found.wanted.Least && !(found.Found > found.wanted.Most));
            IEnumerable<int> next = count >= shape.MostItems ? [] : Enumerable.Range(0, values.Count).Where(v => (used >> v & 1) == 0 && fits[Math.Min(count, named)][v]);
            return new GrammarPattern.Place(ends, [.. next.Select(v => (count == 0 ? texts[v] : GrammarPattern.Of(comma, texts[v]), used | 1 << v))]);
        }
    }

    /// <summary>The values of a schema that has few.</summary>
    private IEnumerable<JsonElement> Finite(IReadOnlyList<string> schema, string place)
    {
        foreach (SchemaShape shape in shapesOf(schema))
        {
            ImmutableArray<JsonElement> values = shape.Values ?? Counted(shape) ?? throw TooMany(place);
            foreach (JsonElement value in values.Where(value => known.Holds(shape, value)))
            {
                yield return value;
            }
        }
    }

    /// <summary>The values of kinds that have few; null where there are many.</summary>
    private static ImmutableArray<JsonElement>? Counted(SchemaShape shape)
    {
        if ((shape.Kinds & ~(JsonKinds.Null | JsonKinds.Boolean | JsonKinds.Integer)) != JsonKinds.None)
        {
            return null;
        }

        List<string> values = [];
        if (shape.Kinds.HasFlag(JsonKinds.Null))
        {
            values.Add("null");
        }

        if (shape.Kinds.HasFlag(JsonKinds.Boolean))
        {
            values.AddRange(["true", "false"]);
        }

        if (shape.Kinds.HasFlag(JsonKinds.Integer))
        {
            if (shape.Low is null || shape.High is null || Floor(shape.High) - Floor(shape.Low) > 4 * MostValues)
            {
                return null;
            }

            for (BigInteger value = Floor(shape.Low); value <= Floor(shape.High); value++)
            {
                values.Add(value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return [.. values.Select(value => JsonDocument.Parse(value).RootElement)];
    }

    private static BigInteger Floor(NumberBound bound)
    {
        BigInteger unit = BigInteger.Pow(10, bound.Scale);
        return (bound.Value.Digits - (((bound.Value.Digits % unit) + unit) % unit)) / unit;
    }

    private static GrammarException TooMany(string place) =>
        SchemaKeywords.Wrong(place, $"the keyword uniqueItems cannot be enforced token by token where the items may be more than {MostValues} values; list them with enum, or check the answer");
}
