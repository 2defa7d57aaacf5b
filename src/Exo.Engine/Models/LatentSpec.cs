namespace Exo.Engine.Models;

/// <summary>Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): all heads share one stored vector a token.</summary>
/// <param name="QueryRank">Floats that queries are compressed to; 0 = they are not.</param>
/// <param name="Rank">Floats of the latent vector.</param>
/// <param name="UnturnedSize">Floats of a head's query that meet the latent vector.</param>
/// <param name="TurnedSize">Floats of a head's query that are rotated, and meet a key that all heads share.</param>
/// <param name="ValueSize">Floats of a head's value.</param>
public sealed record LatentSpec(int QueryRank, int Rank, int UnturnedSize, int TurnedSize, int ValueSize);
