using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>Divides the names of members by the patterns that match them, so that each name is in one region and each region has one schema.</summary>
/// <param name="rules">Counts the states.</param>
internal sealed class NameRegions(GrammarRules rules)
{
    private const int MostRegions = 64;

    /// <summary>The regions of names that are none of some.</summary>
    /// <exception cref="GrammarException">They need too many states, or are too many.</exception>
    public IReadOnlyList<(TextAutomaton Names, ImmutableArray<string> Schema)> Of(SchemaShape shape, IReadOnlyList<string> except)
    {
        string place = shape.Layers[0].Pointer;
        TextAutomaton listed = Read(GrammarPattern.OneOf(except.Select(GrammarPattern.Text)), place);
        List<(TextAutomaton Names, ImmutableArray<string> Schema)> regions = [(Combined(TextAutomaton.All, listed, except: true, place), shape.Others)];
        foreach (NameLayer layer in shape.Layers)
        {
            List<(TextAutomaton Names, ImmutableArray<string> Schema)> pieces = [.. regions.Select(region => (region.Names, ImmutableArray<string>.Empty))];
            int[] origins = [.. Enumerable.Range(0, regions.Count)];
            foreach ((GrammarPattern names, string schema) in layer.Patterns)
            {
                TextAutomaton matching = Read(names, schema);
                List<(TextAutomaton, ImmutableArray<string>)> split = [];
                List<int> from = [];
                for (int i = 0; i < pieces.Count; i++)
                {
                    Add(Combined(pieces[i].Names, matching, except: false, schema), pieces[i].Schema.Add(schema), origins[i]);
                    Add(Combined(pieces[i].Names, matching, except: true, schema), pieces[i].Schema, origins[i]);
                }

                (pieces, origins) = (split, [.. from]);
                if (pieces.Count > MostRegions)
                {
                    throw SchemaKeywords.Wrong(schema, $"the keyword patternProperties divides the names into more than {MostRegions} kinds; use fewer patterns that overlap");
                }

                void Add(TextAutomaton part, ImmutableArray<string> schemas, int origin)
                {
                    if (!part.IsEmpty)
                    {
                        split.Add((part, schemas));
                        from.Add(origin);
                    }
                }
            }

            regions = [.. pieces.Select((piece, i) => (piece.Names, Joined(regions[origins[i]].Schema, piece.Schema.IsEmpty ? layer.Others : piece.Schema)))];
        }

        return regions;
    }

    private static ImmutableArray<string> Joined(ImmutableArray<string> a, ImmutableArray<string> b) => [.. a.Union(b).Order(StringComparer.Ordinal)];

    private TextAutomaton Read(GrammarPattern pattern, string place) => TextAutomatonReader.Read(pattern, rules) ?? throw TooLarge(place);

    private TextAutomaton Combined(TextAutomaton a, TextAutomaton b, bool except, string place) => TextAutomaton.Combine(a, b, except, rules) ?? throw TooLarge(place);

    private static GrammarException TooLarge(string place) =>
        SchemaKeywords.Wrong(place, "the keyword patternProperties needs too many states to tell the names apart; use shorter patterns, or fewer");
}
