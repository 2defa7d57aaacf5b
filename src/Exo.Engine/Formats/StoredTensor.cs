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

    /// <summary>Where the rows lie, if not one after the other at the address; empty: there. Their counts sum to the product of all dimensions but the last.</summary>
    public ImmutableArray<RowSpan> Spans { get; init; } = [];

    /// <summary>Whether the numbers lie as [.., columns, rows].</summary>
    public bool Turned { get; init; }

    /// <summary>Whether the numbers lie otherwise than the shape tells, so that they are read row by row.</summary>
    public bool IsRearranged => Turned || !Spans.IsEmpty;

    /// <summary>The tensors of the file that it is made of.</summary>
    public IEnumerable<StoredTensor> Sources => Spans.IsEmpty ? [this] : Spans.Select(span => span.Tensor).DistinctBy(tensor => tensor.Name);

    public unsafe byte* Data => IsRearranged ? throw new InvalidOperationException($"{Name} does not lie in one piece.") : (byte*)Address;

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
        if (!Spans.IsEmpty)
        {
            return this with { Shape = Shape.RemoveAt(0), Bytes = bytes, Spans = RowSpan.Window(Spans, index * Shape[1], Shape[1]) };
        }

        PackedWeights? packed = Packed?.Part(index);
        return new StoredTensor(Name, Type, Shape.RemoveAt(0), packed?.Codes.Address ?? (nint)(Address + (index * bytes)), bytes) { Packed = packed, Turned = Turned };
    }
}
