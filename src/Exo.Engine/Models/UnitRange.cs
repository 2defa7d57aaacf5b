namespace Exo.Engine.Models;

/// <summary>
/// A contiguous run of a model's units. Unit 0 is the embedding, units 1..LayerCount are the layers, unit LayerCount + 1 is the head
/// (final norm and output matrix).
/// </summary>
/// <param name="First">First unit.</param>
/// <param name="End">The unit behind the last one.</param>
public readonly record struct UnitRange(int First, int End)
{
    /// <summary>Units in the range.</summary>
    public int Count => End - First;

    /// <summary>All units of a model.</summary>
    /// <param name="layerCount">Layers of the model.</param>
    public static UnitRange All(int layerCount) => new(0, layerCount + 2);

    /// <summary>Whether the range holds a unit.</summary>
    /// <param name="unit">Number of the unit.</param>
    public bool Contains(int unit) => unit >= First && unit < End;

    /// <summary>"first..last", both inclusive.</summary>
    public override string ToString() => $"{First}..{End - 1}";
}
