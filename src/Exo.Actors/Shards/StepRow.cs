namespace Exo.Actors.Shards;

/// <summary>Some consecutive positions of one session in a batch.</summary>
/// <param name="Session">The session.</param>
/// <param name="Position">The first position.</param>
/// <param name="Count">How many.</param>
/// <param name="Sample">Whether the tail chooses a token after the last one.</param>
/// <param name="Opening">What a stage must know of the session; only with its first row.</param>
public sealed record StepRow(SessionKey Session, int Position, int Count, bool Sample, Opening? Opening);
