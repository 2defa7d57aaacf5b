namespace Exo.Engine.Sampling;

/// <summary>Makes a token more or less likely.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Bias">Added to its logit; about ±100 forces or forbids it.</param>
public readonly record struct TokenBias(int Id, float Bias);
