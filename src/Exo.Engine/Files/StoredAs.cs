namespace Exo.Engine.Files;

/// <summary>How much of a model is stored in one way.</summary>
/// <param name="Type">The storage, as the file's format calls it: "Q4_K".</param>
/// <param name="Tensors">Tensors of this storage.</param>
/// <param name="Elements">Numbers in them.</param>
/// <param name="Bytes">Bytes of them in the file.</param>
public sealed record StoredAs(string Type, int Tensors, long Elements, long Bytes);
