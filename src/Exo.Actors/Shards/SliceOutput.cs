using System.Collections.Immutable;

namespace Exo.Actors.Shards;

/// <summary>What a slice made of a batch.</summary>
/// <param name="Rows">The rows that were computed.</param>
/// <param name="Hidden">[their tokens, hidden size] float32; empty at the tail.</param>
/// <param name="Chosen">The tokens that the tail chose, each with its owner.</param>
/// <param name="Refused">Sessions that found no room, each with its owner and the reason.</param>
internal sealed record SliceOutput(ImmutableArray<StepRow> Rows, ReadOnlyMemory<byte> Hidden, ImmutableArray<(ChosenToken Token, OwnerName Owner)> Chosen, ImmutableArray<(SessionKey Session, OwnerName Owner, string Reason)> Refused);
