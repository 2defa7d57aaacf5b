using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>
/// Turns a JSON schema (draft 2020-12, json-schema.org) into patterns. A keyword that cannot be enforced token by token is refused by name and
/// place; annotations are passed over.
/// </summary>
internal sealed class SchemaReader
{
    private const int MostRules = 50_000;
    private const int MostShapes = 256;
    private const int DeepestComparison = 8;

    /// <summary>Schemas that lead to each other by $ref, allOf, anyOf or oneOf without a value in between.</summary>
    private const int LongestChain = 256;

    private readonly GrammarRules _rules;
    private readonly SchemaPointers _pointers;
    private readonly SchemaValues _values;
    private readonly ShapePatterns _patterns;
    private readonly SchemaNegation _negation;
    private readonly Dictionary<string, IReadOnlyList<SchemaShape>> _shapes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reading = new(StringComparer.Ordinal);
    private readonly Queue<(int Rule, IReadOnlyList<string> Schemas)> _waiting = new();

    public SchemaReader(GrammarRules rules, JsonElement schema)
    {
        _rules = rules;
        _pointers = new SchemaPointers(schema);
        _values = new SchemaValues(ShapesOf);
        _negation = new SchemaNegation(place => ShapesAt(SchemaNegation.Never + place), Both, _pointers.Target);
        _patterns = new ShapePatterns(rules, PatternOf, ShapesOf, _values);
    }

    /// <summary>The values of the whole schema.</summary>
    public GrammarPattern Read()
    {
        GrammarPattern pattern = PatternOf(["#"]);

        // Rules wait their turn because a schema may lead to another one, and that to the next, for very long.
        while (_waiting.TryDequeue(out (int Rule, IReadOnlyList<string> Schemas) next))
        {
            _rules.Define(next.Rule, GrammarPattern.OneOf(ShapesOf(next.Schemas).Select(_patterns.Of)));
        }

        return pattern;
    }

    /// <summary>The values that satisfy all of some schemas, as a rule of its own; none: any value.</summary>
    private GrammarPattern PatternOf(IReadOnlyList<string> schemas)
    {
        if (schemas.Count == 0)
        {
            return JsonPatterns.AnyValue(_rules);
        }

        string name = string.Join(" & ", schemas);
        if (_rules.Count > MostRules)
        {
            throw new GrammarException($"The schema, {schemas[0]}: it needs more than {MostRules} rules; make it smaller.");
        }

        int before = _rules.Count;
        int rule = _rules.Number("schema " + name);
        if (rule == before)
        {
            _waiting.Enqueue((rule, schemas));
        }

        return new GrammarPattern.Rule(rule);
    }

    private IReadOnlyList<SchemaShape> ShapesOf(IReadOnlyList<string> schemas)
    {
        IReadOnlyList<SchemaShape> shapes = [new SchemaShape()];
        foreach (string pointer in schemas)
        {
            shapes = Both(shapes, ShapesAt(pointer), pointer);
        }

        return shapes;
    }

    /// <summary>The alternatives of the schema at a place.</summary>
    private IReadOnlyList<SchemaShape> ShapesAt(string pointer)
    {
        if (_shapes.TryGetValue(pointer, out IReadOnlyList<SchemaShape>? known))
        {
            return known;
        }

        if (!_reading.Add(pointer))
        {
            throw new GrammarException($"The schema, {pointer}: it refers to itself without a value in between; remove the $ref.");
        }

        if (_reading.Count > LongestChain)
        {
            throw new GrammarException($"The schema, {pointer}: more than {LongestChain} schemas refer to each other without a value in between; make it flatter.");
        }

        bool isForbidden = pointer.StartsWith(SchemaNegation.Never, StringComparison.Ordinal);
        string place = isForbidden ? pointer[SchemaNegation.Never.Length..] : pointer;
        if (place.Length == 0)
        {
            _reading.Remove(pointer);
            return [];
        }

        JsonElement schema = _pointers.At(place);
        IReadOnlyList<SchemaShape> shapes = schema.ValueKind switch
        {
            _ when isForbidden => _negation.Of(schema, place),
            JsonValueKind.True => [new SchemaShape()],
            JsonValueKind.False => [],
            JsonValueKind.Object => Alternatives(schema, pointer),
            _ => throw new GrammarException($"The schema, {pointer}: a schema is an object, true or false, not {schema.ValueKind}."),
        };
        _reading.Remove(pointer);
        _shapes.Add(pointer, shapes);
        return shapes;
    }

    private IReadOnlyList<SchemaShape> Alternatives(JsonElement schema, string pointer)
    {
        IReadOnlyList<SchemaShape> shapes = [SchemaKeywords.Read(schema, pointer)];
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            shapes = Both(shapes, ShapesAt(_pointers.Target(reference, pointer)), pointer);
        }

        if (schema.TryGetProperty("dependentRequired", out JsonElement dependents))
        {
            shapes = DependentMembers.Of(dependents, $"{pointer}/dependentRequired").Aggregate(shapes, (all, one) => Both(all, one, $"{pointer}/dependentRequired"));
        }

        if (schema.TryGetProperty("not", out _))
        {
            IReadOnlyList<SchemaShape> allowed = ShapesAt($"{SchemaNegation.Never}{pointer}/not");
            shapes = allowed.Count > 0 ? Both(shapes, allowed, $"{pointer}/not") : throw SchemaKeywords.Wrong($"{pointer}/not", "the keyword not forbids every value here; say what is allowed");
        }

        foreach (string branch in Branches(schema, pointer, "allOf"))
        {
            shapes = Both(shapes, ShapesAt(branch), pointer);
        }

        if (schema.TryGetProperty("anyOf", out _))
        {
            shapes = Both(shapes, [.. Branches(schema, pointer, "anyOf").SelectMany(ShapesAt)], pointer);
        }

        if (schema.TryGetProperty("oneOf", out _))
        {
            List<IReadOnlyList<SchemaShape>> branches = [.. Branches(schema, pointer, "oneOf").Select(branch => Both(shapes, ShapesAt(branch), pointer))];
            RefuseOverlap(branches, pointer);
            shapes = [.. branches.SelectMany(branch => branch)];
        }

        return shapes;
    }

    private static IEnumerable<string> Branches(JsonElement schema, string pointer, string keyword)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement list))
        {
            return [];
        }

        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            ? Enumerable.Range(0, list.GetArrayLength()).Select(i => $"{pointer}/{keyword}/{i}")
            : throw new GrammarException($"The schema, {pointer}/{keyword}: {keyword} is a list of schemas, with at least one.");
    }

    private static SchemaShape[] Both(IReadOnlyList<SchemaShape> left, IReadOnlyList<SchemaShape> right, string pointer)
    {
        SchemaShape[] both = [.. left.SelectMany(a => right.Select(b => SchemaShape.Both(a, b))).OfType<SchemaShape>()];
        return both.Length <= MostShapes ? both : throw new GrammarException($"The schema, {pointer}: its anyOf, allOf, not and dependentRequired combine into more than {MostShapes} alternatives; make it flatter.");
    }

    /// <summary>oneOf is anyOf where no value fits two branches; where one might, it cannot be enforced while the text comes.</summary>
    private void RefuseOverlap(List<IReadOnlyList<SchemaShape>> branches, string pointer)
    {
        for (int i = 0; i < branches.Count; i++)
        {
            for (int j = i + 1; j < branches.Count; j++)
            {
                if (branches[i].Any(a => branches[j].Any(b => MayMeet(a, b, 0))))
                {
                    throw new GrammarException($"The schema, {pointer}/oneOf: the branches {i} and {j} may both hold for one value, which cannot be enforced token by token; use anyOf, or give them a required member with different const values.");
                }
            }
        }
    }

    private bool MayMeet(SchemaShape a, SchemaShape b, int depth)
    {
        if (SchemaShape.Both(a, b) is not { } both)
        {
            return false;
        }

        if (both.Values is { } values)
        {
            return values.Any(value => _values.Holds(both, value));
        }

        return Enum.GetValues<JsonKinds>().Any(kind => both.Kinds.HasFlag(kind) && kind switch
        {
            JsonKinds.Null or JsonKinds.Boolean => true,
            JsonKinds.Integer or JsonKinds.Fraction => both.Low is null || both.High is null || both.Low.Value.CompareTo(both.High.Value) <= 0,
            JsonKinds.Text => both.MostLength is null || both.LeastLength <= both.MostLength,
            JsonKinds.Array => both.MostItems is null || both.LeastItems <= both.MostItems,
            JsonKinds.Object => !(Math.Max(both.LeastMembers, both.Required.Length) > both.MostMembers) && !both.Required.Any(name => IsImpossible(both.SchemaOf(name), depth)),
            _ => false,
        });
    }

    /// <summary>Whether no value satisfies all of some schemas, as far as that is seen from types, constants and lengths.</summary>
    private bool IsImpossible(IReadOnlyList<string> schemas, int depth)
    {
        if (depth > DeepestComparison || schemas.Any(_reading.Contains))
        {
            return false;
        }

        return !ShapesOf(schemas).Any(shape => MayMeet(shape, shape, depth + 1));
    }
}
