namespace Exo.Actors;

/// <summary>What became of a wish about a member.</summary>
/// <param name="Ok">Whether it is under way.</param>
/// <param name="Message">What happens now, or why nothing does and what to do instead.</param>
public sealed record MembershipOutcome(bool Ok, string Message);
