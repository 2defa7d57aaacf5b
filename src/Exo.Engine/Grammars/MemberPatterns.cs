using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>Writes objects as JSON patterns: members in the schema's order, then others, so that each named one comes at most once.</summary>
/// <param name="rules">Gets the rules that are made.</param>
/// <param name="patternOf">The pattern of the schemas at some places.</param>
/// <param name="shapesOf">The alternatives of the schemas at some places.</param>
internal sealed class MemberPatterns(
    GrammarRules rules, Func<IReadOnlyList<string>, GrammarPattern> patternOf, Func<IReadOnlyList<string>, IReadOnlyList<SchemaShape>> shapesOf)
{
    /// <summary>A place is a member and how many came before it.</summary>
    private const int MostPlaces = 50_000;

    private int _made;

    /// <exception cref="GrammarException">Its count of members cannot be enforced.</exception>
    public GrammarPattern Of(SchemaShape shape)
    {
        List<(string Name, GrammarPattern Pattern, bool IsRequired)> members = [.. shape.Members.Select(member => Member(shape, member.Name, shape.Required.Contains(member.Name)))];
        members.AddRange(shape.Required.Where(name => !shape.Has(name)).Select(name => Member(shape, name, isRequired: true)));
        GrammarPattern? other = Other(shape, [.. members.Select(member => member.Name)]);
        int least = shape.LeastMembers <= shape.Required.Length ? 0 : shape.LeastMembers;
        int? most = other is null && shape.MostMembers >= members.Count ? null : shape.MostMembers;
        if (least > (most ?? int.MaxValue) || (other is null && least > members.Count))
        {
            return GrammarPattern.Nothing;
        }

        GrammarPattern inner = least == 0 && most is null ? Uncounted(members, other) : Counted(members, other, least, most, shape);
        return JsonPatterns.Enclosed("{", inner, "}", rules);
    }

    /// <summary>A member of a name that is none of some; null where there can be none.</summary>
    private GrammarPattern? Other(SchemaShape shape, IReadOnlyList<string> names)
    {
        if (shape.Layers.IsEmpty)
        {
            return shapesOf(shape.Others).Count > 0 ? GrammarPattern.Of(OtherName(names), JsonPatterns.Colon(rules), patternOf(shape.Others)) : null;
        }

        GrammarPattern[] options =
        [
            .. new NameRegions(rules).Of(shape, names).Where(region => shapesOf(region.Schema).Count > 0).Select(region => GrammarPattern.Of(
                JsonPatterns.Quote, region.Names.ToPattern(set => JsonPatterns.Character(rules, set)), JsonPatterns.Quote, JsonPatterns.Colon(rules), patternOf(region.Schema))),
        ];
        return options.Length > 0 ? Ruled("other", GrammarPattern.OneOf(options)) : null;
    }

    private (string Name, GrammarPattern Pattern, bool IsRequired) Member(SchemaShape shape, string name, bool isRequired) =>
        (name, Ruled("member", GrammarPattern.Of(JsonPatterns.Text(rules, GrammarPattern.Text(name)), JsonPatterns.Colon(rules), patternOf(shape.SchemaOf(name)))), isRequired);

    /// <summary>A rule for the rest behind each member, with and without a member before it.</summary>
    private GrammarPattern Uncounted(List<(string Name, GrammarPattern Pattern, bool IsRequired)> members, GrammarPattern? other)
    {
        GrammarPattern comma = JsonPatterns.Comma(rules);
        GrammarPattern others = other is null ? GrammarPattern.Empty : Ruled("others", GrammarPattern.Of(comma, other).Any());
        GrammarPattern behind = others;
        GrammarPattern first = other is null ? GrammarPattern.Empty : GrammarPattern.Of(other, others).Optional();
        for (int i = members.Count - 1; i >= 0; i--)
        {
            GrammarPattern begun = GrammarPattern.Of(members[i].Pattern, behind);
            first = Ruled("first", members[i].IsRequired ? begun : GrammarPattern.OneOf([begun, first]));
            GrammarPattern more = GrammarPattern.Of(comma, members[i].Pattern);
            behind = Ruled("behind", GrammarPattern.Of(members[i].IsRequired ? more : more.Optional(), behind));
        }

        return first;
    }

    /// <summary>Places for each member and each count of those before it; beyond what matters the count stands still.</summary>
    private GrammarPattern.Network Counted(List<(string Name, GrammarPattern Pattern, bool IsRequired)> members, GrammarPattern? other, int least, int? most, SchemaShape shape)
    {
        // A name that is not listed may be written twice and is one member then, so that only the first of them surely counts.
        if (other is not null && least > shape.Required.Length + 1)
        {
            throw SchemaKeywords.Wrong(shape.CountedAt, $"the keyword minProperties cannot be enforced token by token where it asks for {least} members, {shape.Required.Length} are required and other names are allowed, because one name might come twice; set additionalProperties to false, or require more members");
        }

        int cap = most ?? Math.Max(least, 1);
        long needed = ((long)members.Count + 1) * (cap + 1L);
        if (needed > MostPlaces)
        {
            throw SchemaKeywords.Wrong(shape.CountedAt, $"counting up to {cap} of {members.Count} members and others needs more than {MostPlaces} places; ask for fewer");
        }

        GrammarPattern comma = JsonPatterns.Comma(rules);
        ImmutableArray<GrammarPattern.Place>.Builder places = ImmutableArray.CreateBuilder<GrammarPattern.Place>((int)needed);
        for (int i = 0; i <= members.Count; i++)
        {
            for (int count = 0; count <= cap; count++)
            {
                GrammarPattern? next = i < members.Count ? members[i].Pattern : other;
                int below = Math.Min(i + 1, members.Count) * (cap + 1);
                List<(GrammarPattern, int)> ways = [];
                if (next is not null && !(count >= most))
                {
                    ways.Add((count == 0 ? next : GrammarPattern.Of(comma, next), below + Math.Min(count + 1, cap)));
                }

                if (i < members.Count && !members[i].IsRequired)
                {
                    ways.Add((GrammarPattern.Empty, below + count));
                }

                places.Add(new GrammarPattern.Place(i == members.Count && count >= least, [.. ways]));
            }
        }

        return new GrammarPattern.Network(places.MoveToImmutable());
    }

    /// <summary>A name in quotation marks that is none of some: it leaves the trie of them somewhere.</summary>
    private GrammarPattern OtherName(IReadOnlyList<string> names) => names.Count == 0
        ? JsonPatterns.AnyText(rules)
        : GrammarPattern.Of(JsonPatterns.Quote, Leaving([.. names.Select(name => name.EnumerateRunes().Select(rune => rune.Value).ToArray())], 0));

    private GrammarPattern Leaving(IReadOnlyList<int[]> names, int depth)
    {
        IGrouping<int, int[]>[] children = [.. names.Where(name => name.Length > depth).GroupBy(name => name[depth])];
        List<GrammarPattern> options = [];
        if (!names.Any(name => name.Length == depth))
        {
            options.Add(JsonPatterns.Quote);
        }

        CodeSet elsewhere = CodeSet.Of(children.Select(child => (child.Key, child.Key))).Complement();
        options.Add(GrammarPattern.Of(JsonPatterns.Character(rules, elsewhere), JsonPatterns.AnyCharacter(rules).Any(), JsonPatterns.Quote));
        options.AddRange(children.Select(child => GrammarPattern.Of(JsonPatterns.Character(rules, CodeSet.Of(child.Key)), Ruled("name", Leaving([.. child], depth + 1)))));
        return GrammarPattern.OneOf(options);
    }

    private GrammarPattern.Rule Ruled(string what, GrammarPattern pattern)
    {
        int index = rules.Number($"{what} of an object {_made++}");
        rules.Define(index, pattern);
        return new GrammarPattern.Rule(index);
    }
}
