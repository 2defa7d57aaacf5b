using System.Collections.Immutable;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>
/// What a schema asks of a value, its alternatives taken apart: all of it must hold. A schema inside of it is a list of JSON pointers that must all
/// hold, read when it is needed, so that schemas may stand inside of themselves.
/// </summary>
internal sealed record SchemaShape
{
    public JsonKinds Kinds { get; init; } = JsonKinds.All;

    /// <summary>Only these values; null for any.</summary>
    public ImmutableArray<JsonElement>? Values { get; init; }

    public NumberBound? Low { get; init; }

    public NumberBound? High { get; init; }

    /// <summary>Numbers are multiples of it; null for any.</summary>
    public ExactNumber? Step { get; init; }

    /// <summary>The keyword that asks for multiples.</summary>
    public string StepAt { get; init; } = "";

    public int LeastLength { get; init; }

    public int? MostLength { get; init; }

    /// <summary>Patterns and formats with the pointers of their keywords.</summary>
    public ImmutableArray<(string Pointer, GrammarPattern Text)> Texts { get; init; } = [];

    /// <summary>Texts that are forbidden.</summary>
    public ImmutableArray<string> NotTexts { get; init; } = [];

    /// <summary>The keyword that forbids texts.</summary>
    public string NotAt { get; init; } = "";

    public ImmutableArray<(string Name, ImmutableArray<string> Schema)> Members { get; init; } = [];

    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>What members of other names must be; empty for anything.</summary>
    public ImmutableArray<string> Others { get; init; } = [];

    /// <summary>What members of other names must be besides, by patterns of names.</summary>
    public ImmutableArray<NameLayer> Layers { get; init; } = [];

    public int LeastMembers { get; init; }

    public int? MostMembers { get; init; }

    /// <summary>The keyword that counts members.</summary>
    public string CountedAt { get; init; } = "";

    public ImmutableArray<ImmutableArray<string>> Prefix { get; init; } = [];

    /// <summary>What items behind the prefix must be; empty for anything.</summary>
    public ImmutableArray<string> Items { get; init; } = [];

    public int LeastItems { get; init; }

    public int? MostItems { get; init; }

    /// <summary>Items of which some must be: the place of their schema, how many at least and at most.</summary>
    public ImmutableArray<(string Schema, int Least, int? Most)> Contained { get; init; } = [];

    /// <summary>The keyword that asks for items that differ; empty where they need not.</summary>
    public string UniqueAt { get; init; } = "";

    /// <summary>Both at once; null where no value can be.</summary>
    public static SchemaShape? Both(SchemaShape a, SchemaShape b)
    {
        ExactNumber? step = a.Step is null || b.Step is null ? a.Step ?? b.Step : ExactNumber.LeastMultiple(a.Step.Value, b.Step.Value);
        JsonKinds kinds = a.Kinds & b.Kinds & (step is { IsWhole: true } ? ~JsonKinds.Fraction : JsonKinds.All);
        if (kinds == JsonKinds.None)
        {
            return null;
        }

        int prefix = Math.Max(a.Prefix.Length, b.Prefix.Length);
        return new SchemaShape
        {
            Kinds = kinds,
            Values = a.Values is null ? b.Values : b.Values is null ? a.Values : [.. a.Values.Value.Where(value => b.Values.Value.Any(other => JsonElement.DeepEquals(value, other)))],
            Low = Tighter(a.Low, b.Low, 1),
            High = Tighter(a.High, b.High, -1),
            Step = step,
            StepAt = a.StepAt.Length > 0 ? a.StepAt : b.StepAt,
            LeastLength = Math.Max(a.LeastLength, b.LeastLength),
            MostLength = Least(a.MostLength, b.MostLength),
            Texts = a.Texts.AddRange(b.Texts.Where(text => !a.Texts.Any(other => other.Pointer == text.Pointer))),
            NotTexts = [.. a.NotTexts.Union(b.NotTexts)],
            NotAt = a.NotAt.Length > 0 ? a.NotAt : b.NotAt,
            Members = [.. a.Members.Select(member => (member.Name, Joined(member.Schema, b.SchemaOf(member.Name)))), .. b.Members.Where(member => !a.Has(member.Name)).Select(member => (member.Name, Joined(a.SchemaOf(member.Name), member.Schema)))],
            Required = [.. a.Required.Union(b.Required)],
            Others = Joined(a.Others, b.Others),
            Layers = a.Layers.AddRange(b.Layers.Where(layer => !a.Layers.Any(other => other.Pointer == layer.Pointer))),
            LeastMembers = Math.Max(a.LeastMembers, b.LeastMembers),
            MostMembers = Least(a.MostMembers, b.MostMembers),
            CountedAt = a.CountedAt.Length > 0 ? a.CountedAt : b.CountedAt,
            Prefix = [.. Enumerable.Range(0, prefix).Select(i => Joined(a.ItemAt(i), b.ItemAt(i)))],
            Items = Joined(a.Items, b.Items),
            LeastItems = Math.Max(a.LeastItems, b.LeastItems),
            MostItems = Least(a.MostItems, b.MostItems),
            Contained = [.. a.Contained.Union(b.Contained)],
            UniqueAt = a.UniqueAt.Length > 0 ? a.UniqueAt : b.UniqueAt,
        };
    }

    public bool Has(string name) => Members.Any(member => member.Name == name);

    /// <summary>What the member of a name must be.</summary>
    public ImmutableArray<string> SchemaOf(string name)
    {
        foreach ((string known, ImmutableArray<string> schema) in Members)
        {
            if (known == name)
            {
                return schema;
            }
        }

        return Layers.Aggregate(Others, (schema, layer) => Joined(schema, layer.SchemaOf(name)));
    }

    public ImmutableArray<string> ItemAt(int index) => index < Prefix.Length ? Prefix[index] : Items;

    private static ImmutableArray<string> Joined(ImmutableArray<string> a, ImmutableArray<string> b) => [.. a.Union(b).Order(StringComparer.Ordinal)];

    private static NumberBound? Tighter(NumberBound? a, NumberBound? b, int sign)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }

        int order = a.Value.CompareTo(b.Value) * sign;
        return order != 0 ? (order > 0 ? a : b) : a with { Exclusive = a.Exclusive || b.Exclusive };
    }

    private static int? Least(int? a, int? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);
}
