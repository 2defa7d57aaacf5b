using System.Collections.Immutable;

namespace Exo.Engine.Grammars;

/// <summary>A set of Unicode code points: rising ranges that do not touch. Surrogates are none of them.</summary>
internal sealed class CodeSet : IEquatable<CodeSet>
{
    public const int Last = 0x10FFFF;

    private CodeSet(ImmutableArray<(int First, int Last)> ranges) => Ranges = ranges;

    public static CodeSet Any { get; } = Of([(0, Last)]);

    public ImmutableArray<(int First, int Last)> Ranges { get; }

    public bool IsEmpty => Ranges.IsEmpty;

    public static CodeSet Of(int code) => Of([(code, code)]);

    public static CodeSet Of(string letters) => Of(letters.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    public static CodeSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> merged = [];
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return new CodeSet([.. merged]);
    }

    public CodeSet Union(CodeSet other) => Of(Ranges.Concat(other.Ranges));

    public CodeSet Complement()
    {
        List<(int, int)> gaps = [];
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    public CodeSet Intersect(CodeSet other) => Complement().Union(other.Complement()).Complement();

    public CodeSet Except(CodeSet other) => Complement().Union(other).Complement();

    public bool Contains(int code) => Ranges.Any(range => code >= range.First && code <= range.Last);

    public bool Equals(CodeSet? other) => other is not null && Ranges.SequenceEqual(other.Ranges);

    public override bool Equals(object? obj) => Equals(obj as CodeSet);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((int first, int last) in Ranges)
        {
            hash.Add(first);
            hash.Add(last);
        }

        return hash.ToHashCode();
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < 0xD800 && range.First <= range.Last)
        {
            yield return (range.First, Math.Min(range.Last, 0xD7FF));
        }

        if (range.Last > 0xDFFF && range.First <= range.Last)
        {
            yield return (Math.Max(range.First, 0xE000), range.Last);
        }
    }
}
