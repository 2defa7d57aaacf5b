using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>What a text may look like, whichever notation it was written in.</summary>
internal abstract record GrammarPattern
{
    private GrammarPattern()
    {
    }

    public static GrammarPattern Empty { get; } = new Sequence([]);

    /// <summary>No text at all, not even the empty one.</summary>
    public static GrammarPattern Nothing { get; } = new Choice([]);

    public static GrammarPattern Letters(string letters) => new Chars(CodeSet.Of(letters));

    /// <summary>Exactly this text.</summary>
    public static GrammarPattern Text(string text) => new Sequence([.. text.EnumerateRunes().Select(rune => new Chars(CodeSet.Of(rune.Value)))]);

    public static GrammarPattern Of(params GrammarPattern[] parts) => parts.Length == 1 ? parts[0] : new Sequence([.. parts]);

    public static GrammarPattern OneOf(IEnumerable<GrammarPattern> options)
    {
        GrammarPattern[] all = [.. options.Where(option => option is not Choice { Options.IsEmpty: true })];
        return all.Length == 1 ? all[0] : new Choice([.. all]);
    }

    public GrammarPattern Optional() => new Repeat(this, 0, 1);

    public GrammarPattern Any() => new Repeat(this, 0, null);

    public GrammarPattern Some() => new Repeat(this, 1, null);

    public GrammarPattern Times(int least, int? most) => new Repeat(this, least, most);

    /// <summary>One code point of a set.</summary>
    public sealed record Chars(CodeSet Set) : GrammarPattern;

    public sealed record Sequence(ImmutableArray<GrammarPattern> Parts) : GrammarPattern;

    public sealed record Choice(ImmutableArray<GrammarPattern> Options) : GrammarPattern;

    /// <summary>Most null: without end.</summary>
    public sealed record Repeat(GrammarPattern Part, int Least, int? Most) : GrammarPattern;

    /// <summary>A rule by its number, which may stand inside of itself.</summary>
    public sealed record Rule(int Index) : GrammarPattern;

    /// <summary>Places and the ways between them; the text begins at the first place and may end at some.</summary>
    public sealed record Network(ImmutableArray<Place> Places) : GrammarPattern;

    /// <summary>A place of a network.</summary>
    /// <param name="Ends">Whether the text may end here.</param>
    /// <param name="Ways">What is read on the way to which place; on a way back something is always read.</param>
    public readonly record struct Place(bool Ends, ImmutableArray<(GrammarPattern Read, int Target)> Ways);
}
