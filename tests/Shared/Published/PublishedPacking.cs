#nullable enable

namespace Exo.Testing.Published;

/// <summary>What becomes of a folder's matrices.</summary>
internal enum PublishedPacking
{
    /// <summary>They are saved as they are.</summary>
    None,

    /// <summary>They are rounded to MLX's codes of four bits, and saved as floats.</summary>
    Rounded,

    /// <summary>They are saved as those codes.</summary>
    Packed,
}
