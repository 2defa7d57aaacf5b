using Exo.Engine.Formats;

namespace Exo.Engine.Files;

/// <summary>How MLX packed a matrix.</summary>
/// <param name="Scheme">Its mode.</param>
/// <param name="Bits">Bits of a code.</param>
/// <param name="Group">Columns of a scale.</param>
internal sealed record MlxPacking(PackedScheme Scheme, int Bits, int Group);
