namespace Exo.Engine.Sampling;

/// <summary>How likely the model itself held a token to be.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Logprob">Natural logarithm of its probability; 0 at most, minus infinity for an impossible one.</param>
public readonly record struct TokenLogprob(int Id, float Logprob);
