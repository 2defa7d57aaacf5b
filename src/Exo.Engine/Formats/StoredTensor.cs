using System.Collections.Immutable;

namespace Exo.Engine.Formats;

/// <summary>A tensor in a mapped file, its place checked to lie inside. Valid as long as the file is open.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Storage.</param>
/// <param name="Shape">Slowest dimension first: a matrix is [rows, columns].</param>
/// <param name="Address">The first byte.</param>
/// <param name="Bytes">Length; of all parts where there are several.</param>
internal sealed record StoredTensor(string Name, TensorType Type, ImmutableArray<long> Shape, nint Address, long Bytes)
{
    /// <summary>The parts of a <see cref="TensorType.Packed"/> matrix.</summary>
    public PackedWeights? Packed { get; init; }

    public unsafe byte* Data => (byte*)Address;

    /// <summary>"[2048, 512]"</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    /// <summary>"Q4_K", "MLX affine 4-bit"</summary>
    public string Storage => Packed?.Name ?? Type.ToString();

    /// <summary>One index of the slowest dimension: an expert's [rows, columns] of [experts, rows, columns].</summary>
    public StoredTensor Part(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shape[0]);
        long bytes = Bytes / Shape[0];
        PackedWeights? packed = Packed?.Part(index);
        return new StoredTensor(Name, Type, Shape.RemoveAt(0), packed?.Codes.Address ?? (nint)(Address + (index * bytes)), bytes) { Packed = packed };
    }
}
