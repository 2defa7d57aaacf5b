namespace Exo.Engine.Kernels;

/// <summary>
/// Which kernels compute. All but <see cref="Judge"/> give the same bits for every operation, batch size and thread count.
/// </summary>
public enum KernelTier
{
    /// <summary>The best of this machine, chosen once.</summary>
    Auto,

    /// <summary>Weights decoded to f32 and f32 activations: the arithmetic to compare with references. Needs the memory of f32 weights.</summary>
    Judge,

    /// <summary>Plain loops that read the file's own blocks: what the fast tiers are checked against.</summary>
    Scalar,

    /// <summary>AVX2 and FMA.</summary>
    Avx2,

    /// <summary>AVX-512 (F, BW, VL), and AVX-VNNI where the processor has it.</summary>
    Avx512,

    /// <summary>AVX2, FMA and AVX-VNNI (256 bits), as processors without AVX-512 have it.</summary>
    AvxVnni,
}
