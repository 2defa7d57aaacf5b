using System.Collections.Immutable;

namespace Exo.Engine.Formats;

/// <summary>A tensor in a mapped file, its place checked to lie inside. Valid as long as the file is open.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Storage.</param>
/// <param name="Shape">Slowest dimension first: a matrix is [rows, columns].</param>
/// <param name="Address">The first byte.</param>
/// <param name="Bytes">Length.</param>
internal sealed record StoredTensor(string Name, TensorType Type, ImmutableArray<long> Shape, nint Address, long Bytes)
{
    public unsafe byte* Data => (byte*)Address;

    /// <summary>"[2048, 512]"</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
