namespace Exo.Engine.Models;

/// <summary>What an expert computes between its projections.</summary>
public enum ExpertActivation
{
    /// <summary>SiLU(gate) · up.</summary>
    Silu,

    /// <summary>min(gate, 7) · sigmoid(1.702 · gate) · (clamp(up, −7, 7) + 1), as gpt-oss does.</summary>
    ClampedSwiGlu,
}
