using System.Collections.Immutable;

namespace Exo.Engine.Models;

/// <summary>One rotation of queries and keys by position (RoFormer, arXiv 2104.09864), scalings already worked in.</summary>
/// <param name="Frequencies">Radians per position of each pair. [pairs]</param>
/// <param name="Magnitude">Factor of cosine and sine: 1, or that of a long-context scaling.</param>
/// <param name="AdjacentPairs">True: elements 2i and 2i + 1 are a pair; false: i and i + pairs.</param>
public sealed record RopeSpec(ImmutableArray<double> Frequencies, double Magnitude, bool AdjacentPairs)
{
    /// <summary>The frequencies of sessions that may grow beyond <see cref="LongBeyond"/> positions; empty: the same. [pairs]</summary>
    public ImmutableArray<double> LongFrequencies { get; init; } = [];

    /// <summary>Positions of the context that the model was first trained on.</summary>
    public int LongBeyond { get; init; }

    /// <summary>Elements of a head that turn; the rest stays.</summary>
    public int Rotated => Frequencies.Length * 2;

    /// <summary>Whether a session turns by <see cref="LongFrequencies"/>.</summary>
    /// <param name="maxTokens">Tokens that it may grow to.</param>
    public bool IsLong(int maxTokens) => !LongFrequencies.IsEmpty && maxTokens > LongBeyond;
}
