using System.Collections.Immutable;
using System.Text.Json;

namespace Exo.Engine.Grammars;

/// <summary>Reads dependentRequired: a member that may come only with others is absent, or they are required.</summary>
internal static class DependentMembers
{
    /// <summary>The alternatives of each member that asks for others; all of the lists must hold.</summary>
    /// <exception cref="GrammarException">It is no object of lists of names.</exception>
    public static IEnumerable<IReadOnlyList<SchemaShape>> Of(JsonElement dependents, string place)
    {
        if (dependents.ValueKind != JsonValueKind.Object)
        {
            throw SchemaKeywords.Wrong(place, "dependentRequired is an object of lists of names");
        }

        foreach (JsonProperty dependent in dependents.EnumerateObject())
        {
            if (dependent.Value.ValueKind != JsonValueKind.Array || dependent.Value.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
            {
                throw SchemaKeywords.Wrong($"{place}/{SchemaPointers.Escape(dependent.Name)}", "dependentRequired is an object of lists of names");
            }

            ImmutableArray<string> wanted = [.. dependent.Value.EnumerateArray().Select(name => name.GetString()!).Distinct().Where(name => name != dependent.Name)];
            if (wanted.IsEmpty)
            {
                continue;
            }

            ImmutableArray<string> known = [dependent.Name, .. wanted];
            yield return
            [
                new SchemaShape { Kinds = JsonKinds.All & ~JsonKinds.Object },
                .. SchemaNegation.Lacking([dependent.Name], known),
                new SchemaShape { Kinds = JsonKinds.Object, Required = wanted, Members = [.. known.Select(name => (name, ImmutableArray<string>.Empty))] },
            ];
        }
    }
}
