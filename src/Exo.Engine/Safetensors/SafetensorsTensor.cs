using System.Collections.Immutable;

namespace Exo.Engine.Safetensors;

/// <summary>A tensor in a mapped safetensors file.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">The file's dtype: "BF16".</param>
/// <param name="Shape">Slowest dimension first.</param>
/// <param name="Begin">Offset of the first byte in the file's data.</param>
/// <param name="End">Offset behind the last byte.</param>
/// <param name="Address">The first byte in memory.</param>
internal sealed record SafetensorsTensor(string Name, string Type, ImmutableArray<long> Shape, long Begin, long End, nint Address);
