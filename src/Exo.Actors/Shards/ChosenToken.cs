namespace Exo.Actors.Shards;

/// <summary>A token that the tail chose.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Position">Its absolute position.</param>
/// <param name="Id">The token; negative when the row could not be computed.</param>
public readonly record struct ChosenToken(SessionKey Session, int Position, int Id);
