namespace Exo.Engine.Models;

/// <summary>How a model's feed-forward block differs from Llama's, which is gated by SiLU.</summary>
/// <param name="Gelu">Whether the gate is GELU in its tanh form.</param>
/// <param name="Fused">Whether gate and up are one matrix, the gate's rows first.</param>
/// <param name="Plain">Whether there is no gate, and GELU in its place.</param>
internal readonly record struct FeedForwardOptions(bool Gelu = false, bool Fused = false, bool Plain = false);
