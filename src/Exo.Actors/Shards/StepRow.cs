using System.Collections.Immutable;

namespace Exo.Actors.Shards;

/// <summary>Some consecutive positions of one session in a batch.</summary>
/// <param name="Session">The session.</param>
/// <param name="Position">The first position.</param>
/// <param name="Tokens">Their ids: what stage 0 embeds, and what every stage knows its blocks by. At least one.</param>
/// <param name="Sample">Whether the tail chooses a token after the last one.</param>
/// <param name="Opening">What a stage must know of the session; only with its first row.</param>
public sealed record StepRow(SessionKey Session, int Position, ImmutableArray<int> Tokens, bool Sample, Opening? Opening)
{
    /// <summary>How many they are.</summary>
    public int Count => Tokens.Length;
}
