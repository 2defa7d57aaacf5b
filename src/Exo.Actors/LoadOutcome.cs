namespace Exo.Actors;

/// <summary>How a wish ended.</summary>
/// <param name="Ok">Whether a ring is ready.</param>
/// <param name="Message">What is there now, or what is missing and the remedy.</param>
public sealed record LoadOutcome(bool Ok, string Message);
