using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>What one schema asks of members by their names: those that match a pattern, and those that it does not list and that match none.</summary>
/// <param name="Pointer">Its patternProperties.</param>
/// <param name="Patterns">The patterns, each with the schema of members whose name it matches.</param>
/// <param name="Others">What the rest must be; empty for anything.</param>
internal sealed record NameLayer(string Pointer, ImmutableArray<(GrammarPattern Names, string Schema)> Patterns, ImmutableArray<string> Others)
{
    private readonly Dictionary<string, Grammar?> _grammars = [];

    /// <summary>What the member of a name that is not listed must be.</summary>
    public ImmutableArray<string> SchemaOf(string name) => Matching(name) is { IsEmpty: false } schemas ? schemas : Others;

    /// <summary>The schemas of the patterns that match a name.</summary>
    public ImmutableArray<string> Matching(string name) => [.. Patterns.Where(pattern => GrammarOf(pattern.Schema, pattern.Names)?.Matches(name) == true).Select(pattern => pattern.Schema)];

    private Grammar? GrammarOf(string pointer, GrammarPattern pattern)
    {
        if (!_grammars.TryGetValue(pointer, out Grammar? grammar))
        {
            grammar = Grammar.OfText(pattern);
            _grammars.Add(pointer, grammar);
        }

        return grammar;
    }
}
