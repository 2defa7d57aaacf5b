namespace Exo.Engine.Models;

/// <summary>How a model norms hidden states.</summary>
public enum NormKind
{
    /// <summary>By the root of the mean square (arXiv 1910.07467).</summary>
    Rms,

    /// <summary>By the root of the mean square, then plus a bias.</summary>
    RmsBias,

    /// <summary>By mean and variance (arXiv 1607.06450), with a bias where the model has one.</summary>
    Layer,
}
