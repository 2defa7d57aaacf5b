using System.Collections.Immutable;
using Exo.Engine.Sampling;

namespace Exo.Actors.Shards;

/// <summary>What the stages must know of a session; travels with its first row.</summary>
/// <param name="Owner">Where tokens go.</param>
/// <param name="MaxPositions">Positions that its cache must be able to hold.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Recent">Tokens that earlier attempts generated, as far as penalties look back; empty without penalties.</param>
public sealed record Opening(OwnerName Owner, int MaxPositions, SamplingParameters Sampling, ImmutableArray<int> Recent);
