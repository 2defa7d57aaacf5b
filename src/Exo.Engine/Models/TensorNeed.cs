using System.Collections.Immutable;

namespace Exo.Engine.Models;

/// <summary>A tensor that an architecture uses.</summary>
/// <param name="Name">Name in GGUF files.</param>
/// <param name="Unit">The unit that loads it; -1 = read once into the spec.</param>
/// <param name="Shape">Slowest dimension first. A matrix is [outputs, inputs].</param>
/// <param name="Optional">Whether the model may lack it.</param>
internal sealed record TensorNeed(string Name, int Unit, ImmutableArray<long> Shape, bool Optional = false)
{
    /// <summary>Share of the tokens that read it.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Whether two dimensions are a vector for each of several experts or heads.</summary>
    public bool IsVector { get; init; }

    /// <summary>Whether one dimension is a matrix with a single output.</summary>
    public bool IsRow { get; init; }

    /// <summary>The shapes of the heads into which a matrix [heads · (unturned + value), rank] is taken apart when it is loaded; null: it is not.</summary>
    public LatentSpec? Heads { get; init; }

    /// <summary>[outputs, inputs], or several of them one after the other.</summary>
    public bool IsMatrix => IsRow || (Shape.Length >= 2 && !IsVector);
}
