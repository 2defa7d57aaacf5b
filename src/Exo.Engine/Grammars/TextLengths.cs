using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>Keeps a pattern of characters within a length, where only one of its parts can be longer or shorter.</summary>
internal static class TextLengths
{
    /// <summary>The texts of a pattern that have so many code points; null where that cannot be said by changing one part.</summary>
    /// <param name="text">A pattern without rules.</param>
    /// <param name="least">The fewest code points.</param>
    /// <param name="most">The most; null for no limit.</param>
    public static GrammarPattern? Within(GrammarPattern text, long least, long? most)
    {
        (long shortest, long? longest) = Of(text);
        if (shortest >= least && (most is null || longest <= most))
        {
            return text;
        }

        if (longest < least || shortest > most)
        {
            return GrammarPattern.Nothing;
        }

        return text switch
        {
            GrammarPattern.Sequence sequence => Part(sequence.Parts, least, most),
            GrammarPattern.Choice choice => All(choice.Options.Select(option => Within(option, least, most))),
            GrammarPattern.Repeat repeat => Count(repeat, least, most),
            _ => null,
        };
    }

    private static GrammarPattern.Sequence? Part(ImmutableArray<GrammarPattern> parts, long least, long? most)
    {
        int changing = -1;
        long others = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            (long shortest, long? longest) = Of(parts[i]);
            if (shortest == longest)
            {
                others += shortest;
            }
            else if (changing < 0)
            {
                changing = i;
            }
            else
            {
                return null;
            }
        }

        return changing >= 0 && Within(parts[changing], least - others, most - others) is { } part ? new GrammarPattern.Sequence(parts.SetItem(changing, part)) : null;
    }

    private static GrammarPattern? Count(GrammarPattern.Repeat repeat, long least, long? most)
    {
        (long length, long? longest) = Of(repeat.Part);
        if (length == longest)
        {
            int fewest = (int)Math.Max(repeat.Least, (least + length - 1) / length);
            int? greatest = most is null ? repeat.Most : (int)Math.Min(repeat.Most ?? int.MaxValue, most.Value / length);
            return greatest < fewest ? GrammarPattern.Nothing : repeat.Part.Times(fewest, greatest);
        }

        return repeat is { Least: 0, Most: 1 } && Within(repeat.Part, least, most) is { } part ? (least <= 0 ? part.Optional() : part) : null;
    }

    private static GrammarPattern? All(IEnumerable<GrammarPattern?> options)
    {
        GrammarPattern?[] all = [.. options];
        return all.Contains(null) ? null : GrammarPattern.OneOf(all!);
    }

    private static (long Shortest, long? Longest) Of(GrammarPattern pattern)
    {
        switch (pattern)
        {
            case GrammarPattern.Chars:
                return (1, 1);
            case GrammarPattern.Sequence sequence:
                return sequence.Parts.Select(Of).Aggregate((Shortest: 0L, Longest: (long?)0), (sum, part) => (sum.Shortest + part.Shortest, sum.Longest + part.Longest));
            case GrammarPattern.Choice { Options.IsEmpty: false } choice:
                (long Shortest, long? Longest)[] options = [.. choice.Options.Select(Of)];
                return (options.Min(option => option.Shortest), options.Any(option => option.Longest is null) ? null : options.Max(option => option.Longest));
            case GrammarPattern.Repeat repeat:
                (long shortest, long? longest) = Of(repeat.Part);
                return (Capped(shortest * repeat.Least), longest == 0 ? 0 : longest * repeat.Most is { } all ? Capped(all) : null);
            default:
                return (0, null);
        }
    }

    /// <summary>Nested repetitions multiply; what is that long is refused elsewhere.</summary>
    private static long Capped(long length) => Math.Min(length, int.MaxValue / 2);
}
