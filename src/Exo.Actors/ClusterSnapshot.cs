using System.Collections.Immutable;

namespace Exo.Actors;

/// <summary>The cluster as one device sees it now.</summary>
/// <param name="Members">Its devices, by address.</param>
/// <param name="Rings">A ring for every model that somebody asked for.</param>
public sealed record ClusterSnapshot(ImmutableArray<MemberView> Members, ImmutableArray<RingView> Rings);
