namespace Exo.Actors.Sessions;

/// <summary>A generation that a device owns, from request to last token.</summary>
/// <param name="Id">Its number on that device.</param>
/// <param name="Model">The model.</param>
/// <param name="State"><c>queued</c>, <c>running</c> or <c>paused</c>.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="Tokens">Tokens given to the client so far.</param>
/// <param name="Epoch">Epoch of the ring that runs it; null before it started.</param>
/// <param name="Recoveries">How often it went on after a loss.</param>
/// <param name="Age">Since the request came.</param>
public sealed record SessionView(long Id, string Model, string State, int PromptTokens, int Tokens, string? Epoch, int Recoveries, TimeSpan Age);
