namespace Exo.Actors.Shards;

/// <summary>One attempt of one session: a session that is admitted again is a new attempt, and what belongs to an older one is dropped.</summary>
/// <param name="Session">The session.</param>
/// <param name="Attempt">From 1.</param>
public readonly record struct SessionKey(Guid Session, int Attempt);
