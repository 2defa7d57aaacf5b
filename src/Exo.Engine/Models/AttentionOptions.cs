namespace Exo.Engine.Models;

/// <summary>How one layer's attention differs from another's.</summary>
/// <param name="Rope">Which rotation of the spec; -1 = none.</param>
/// <param name="Window">Positions that a token sees, its own included; 0 = all.</param>
/// <param name="Norms">How queries and keys are normed.</param>
/// <param name="Fused">Whether queries, keys and values come from one matrix, in this order.</param>
/// <param name="Sinks">Whether each head has a score without value that takes part in the softmax (arXiv 2309.17453).</param>
/// <param name="NormsTurned">Whether queries and keys are normed by head, without weights, after they were turned.</param>
/// <param name="Untempered">Whether the model's attention temperature does not apply.</param>
/// <param name="Gated">Whether each head's query is followed by a gate, by whose logistic function the head's output is multiplied (arXiv 2505.06708); not fused.</param>
internal readonly record struct AttentionOptions(int Rope = 0, int Window = 0, QueryKeyNorms Norms = QueryKeyNorms.None, bool Fused = false, bool Sinks = false, bool NormsTurned = false, bool Untempered = false, bool Gated = false);
