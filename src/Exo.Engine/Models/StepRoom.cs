namespace Exo.Engine.Models;

/// <summary>The rooms of a step, by what they usually hold. Each is its user's until the layer ends.</summary>
internal enum StepRoom
{
    Hidden,
    Normed,
    Queries,
    Keys,
    Values,
    Attended,
    Projected,
    Gate,
    Up,
    Gathered,
    Fused,
    AttentionNormed,
    Mixed,
    Scores,
    Latent,
    Absorbed,
    HeadIn,
    HeadOut,
    Count,
}
