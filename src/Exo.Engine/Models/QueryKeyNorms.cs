namespace Exo.Engine.Models;

/// <summary>How queries and keys are normed before they are rotated.</summary>
internal enum QueryKeyNorms
{
    /// <summary>Not.</summary>
    None,

    /// <summary>Each head by itself, all with one weight.</summary>
    Heads,

    /// <summary>All heads of a token together.</summary>
    Whole,

    /// <summary>Each head by itself by mean and variance, with a weight of its own.</summary>
    LayerHeads,
}
