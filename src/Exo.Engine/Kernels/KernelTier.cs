namespace Exo.Engine.Kernels;

/// <summary>
/// Which kernels compute. All but <see cref="Judge"/> and <see cref="Ggml"/> give the same bits for every operation, batch size and thread count.
/// </summary>
public enum KernelTier
{
    /// <summary>The best of this machine, chosen once.</summary>
    Auto,

    /// <summary>Weights decoded to f32, a piece at a time, and f32 activations: the arithmetic to compare with references. Slow.</summary>
    Judge,

    /// <summary>Plain loops that read the file's own blocks: what the fast tiers are checked against.</summary>
    Scalar,

    /// <summary>AVX2 and FMA.</summary>
    Avx2,

    /// <summary>AVX-512 (F, BW, VL), and AVX-VNNI where the processor has it.</summary>
    Avx512,

    /// <summary>AVX2, FMA and AVX-VNNI (256 bits), as processors without AVX-512 have it.</summary>
    AvxVnni,

    /// <summary>
    /// The rounding and the order of additions of llama.cpp (ggml on AVX2, a prompt in one batch, f32 cache, no flash attention): to tell a bug from a
    /// rounding when logits are compared. Equal to the bit for F16, BF16 and Q8_0 weights; slow.
    /// </summary>
    Ggml,
}
