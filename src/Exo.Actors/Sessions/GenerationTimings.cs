namespace Exo.Actors.Sessions;

/// <summary>Where a session's time went.</summary>
/// <param name="Queued">Until a ring took it.</param>
/// <param name="Prefill">From there to the first token.</param>
/// <param name="Decode">From the first token to the last, pauses included.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="GeneratedTokens">Tokens emitted.</param>
/// <param name="Recoveries">How often it was admitted again.</param>
/// <param name="LongestPause">The longest time between two tokens.</param>
/// <param name="HopMicroseconds">Mean time of a hop; 0 on a ring of one.</param>
public sealed record GenerationTimings(TimeSpan Queued, TimeSpan Prefill, TimeSpan Decode, int PromptTokens, int GeneratedTokens, int Recoveries, TimeSpan LongestPause, double HopMicroseconds);
