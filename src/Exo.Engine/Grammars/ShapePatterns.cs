namespace Exo.Engine.Grammars;

/// <summary>Writes the values of a shape as JSON patterns.</summary>
/// <param name="rules">Gets the rules that are made.</param>
/// <param name="patternOf">The pattern of the schemas at some places.</param>
/// <param name="shapesOf">The alternatives of the schemas at some places.</param>
/// <param name="known">Tells of values whether a shape allows them.</param>
internal sealed class ShapePatterns(
    GrammarRules rules, Func<IReadOnlyList<string>, GrammarPattern> patternOf, Func<IReadOnlyList<string>, IReadOnlyList<SchemaShape>> shapesOf, SchemaValues known)
{
    private readonly MemberPatterns _members = new(rules, patternOf, shapesOf);
    private readonly ItemPatterns _items = new(rules, patternOf, shapesOf, known);
    private int _lists;

    public GrammarPattern Of(SchemaShape shape)
    {
        if (shape.Values is { } values)
        {
            return GrammarPattern.OneOf(values.Where(value => known.Holds(shape, value)).Select(value => JsonPatterns.Literal(rules, value)));
        }

        return GrammarPattern.OneOf(Options(shape));
    }

    private IEnumerable<GrammarPattern> Options(SchemaShape shape)
    {
        if (shape.Kinds == JsonKinds.All && shape.Step is null && shape.Low is null && shape.High is null && IsOpen(shape))
        {
            yield return JsonPatterns.AnyValue(rules);
            yield break;
        }

        if (shape.Kinds.HasFlag(JsonKinds.Null))
        {
            yield return GrammarPattern.Text("null");
        }

        if (shape.Kinds.HasFlag(JsonKinds.Boolean))
        {
            yield return GrammarPattern.OneOf([GrammarPattern.Text("true"), GrammarPattern.Text("false")]);
        }

        if (shape.Kinds.HasFlag(JsonKinds.Integer) || shape.Kinds.HasFlag(JsonKinds.Fraction))
        {
            yield return Number(shape);
        }

        if (shape.Kinds.HasFlag(JsonKinds.Text))
        {
            yield return Text(shape);
        }

        if (shape.Kinds.HasFlag(JsonKinds.Array))
        {
            yield return Array(shape);
        }

        if (shape.Kinds.HasFlag(JsonKinds.Object))
        {
            yield return _members.Of(shape);
        }
    }

    /// <summary>Whether texts, arrays and objects may be any.</summary>
    private static bool IsOpen(SchemaShape shape) =>
        shape is { LeastLength: 0, MostLength: null, LeastItems: 0, MostItems: null, LeastMembers: 0, MostMembers: null }
        && shape.Texts.IsEmpty && shape.NotTexts.IsEmpty && shape.Members.IsEmpty && shape.Required.IsEmpty && shape.Others.IsEmpty && shape.Layers.IsEmpty && shape.Prefix.IsEmpty && shape.Items.IsEmpty && shape.Contained.IsEmpty && shape.UniqueAt.Length == 0;

    private GrammarPattern Number(SchemaShape shape)
    {
        if (shape.Step is not null || !shape.Kinds.HasFlag(JsonKinds.Integer))
        {
            return NumberAutomaton.Of(shape, rules);
        }

        bool integer = !shape.Kinds.HasFlag(JsonKinds.Fraction);
        return shape.Low is not null || shape.High is not null
            ? DigitRanges.Numbers(shape.Low, shape.High, integer)
            : integer ? JsonPatterns.Integer(rules) : JsonPatterns.Number(rules);
    }

    private GrammarPattern Text(SchemaShape shape)
    {
        if (!shape.NotTexts.IsEmpty)
        {
            return OtherText(shape);
        }

        if (shape.Texts.IsEmpty)
        {
            return shape.LeastLength == 0 && shape.MostLength is null
                ? JsonPatterns.AnyText(rules)
                : shape.MostLength < shape.LeastLength
                    ? GrammarPattern.Nothing
                    : GrammarPattern.Of(JsonPatterns.Quote, JsonPatterns.AnyCharacter(rules).Times(shape.LeastLength, shape.MostLength), JsonPatterns.Quote);
        }

        return JsonPatterns.Text(rules, Bounded(shape));
    }

    /// <summary>The texts but some.</summary>
    private GrammarPattern OtherText(SchemaShape shape)
    {
        GrammarPattern any = shape.MostLength < shape.LeastLength ? GrammarPattern.Nothing : new GrammarPattern.Chars(CodeSet.Any).Times(shape.LeastLength, shape.MostLength);
        TextAutomaton? all = TextAutomatonReader.Read(shape.Texts.IsEmpty ? any : Bounded(shape), rules);
        TextAutomaton? not = TextAutomatonReader.Read(GrammarPattern.OneOf(shape.NotTexts.Select(GrammarPattern.Text)), rules);
        TextAutomaton? left = all is null || not is null ? null : TextAutomaton.Combine(all, not, except: true, rules);
        return left is not null
            ? GrammarPattern.Of(JsonPatterns.Quote, left.ToPattern(set => JsonPatterns.Character(rules, set)), JsonPatterns.Quote)
            : throw SchemaKeywords.Wrong(shape.NotAt, "the keyword not needs too many states to tell these texts from the others; forbid fewer, or shorter ones");
    }

    private static GrammarPattern Bounded(SchemaShape shape)
    {
        (string pointer, GrammarPattern text) = shape.Texts[0];
        return (shape.Texts.Length > 1 ? null : TextLengths.Within(text, shape.LeastLength, shape.MostLength))
            ?? throw SchemaKeywords.Wrong(pointer, "a pattern or format cannot be enforced together with another one, nor with minLength or maxLength where more than one of its parts varies in length; say all of it in one pattern");
    }

    private GrammarPattern Array(SchemaShape shape)
    {
        if (shape.MostItems < shape.LeastItems)
        {
            return GrammarPattern.Nothing;
        }

        if (shape.UniqueAt.Length > 0 && !(shape.MostItems <= 1))
        {
            return _items.Different(shape);
        }

        if (!shape.Contained.IsEmpty)
        {
            return _items.Containing(shape);
        }

        // From the last item of the prefix to the first: each either ends the list or goes on.
        int prefix = Math.Min(shape.Prefix.Length, shape.MostItems ?? int.MaxValue);
        GrammarPattern item = patternOf(shape.Items);
        GrammarPattern next = GrammarPattern.Of(JsonPatterns.Comma(rules), item);
        int least = Math.Max(0, shape.LeastItems - prefix);
        int? most = shape.MostItems - prefix;
        GrammarPattern rest = prefix > 0
            ? next.Times(least, most)
            : most == 0 ? GrammarPattern.Empty : Begun(item, next, least, most);
        for (int i = prefix - 1; i >= 0; i--)
        {
            GrammarPattern here = GrammarPattern.Of(i > 0 ? JsonPatterns.Comma(rules) : GrammarPattern.Empty, patternOf(shape.Prefix[i]), Ruled("items", rest));
            rest = i >= shape.LeastItems ? here.Optional() : here;
        }

        return JsonPatterns.Enclosed("[", rest, "]", rules);
    }

    private static GrammarPattern Begun(GrammarPattern item, GrammarPattern next, int least, int? most)
    {
        GrammarPattern list = GrammarPattern.Of(item, next.Times(Math.Max(0, least - 1), most - 1));
        return least == 0 ? list.Optional() : list;
    }

    private GrammarPattern.Rule Ruled(string what, GrammarPattern pattern)
    {
        int index = rules.Number($"{what} {_lists++}");
        rules.Define(index, pattern);
        return new GrammarPattern.Rule(index);
    }
}
