using Exo.Engine.Formats;
using Exo.Engine.Kernels.Tiles;

namespace Exo.Engine.Kernels;

/// <summary>Which kernel multiplies which format on which tier.</summary>
internal static class TileKernels
{
    /// <summary>Formats of 256 weights that one kernel multiplies.</summary>
    public static IReadOnlyList<Codes256> Formats256 { get; } =
    [
        new Q2KCodes(), new Q3KCodes(), new Q5KCodes(), new Iq4XsCodes(), new Tq10Codes(), new Tq20Codes(), new Iq1SCodes(), new Iq1MCodes(), new Iq2XxsCodes(), new Iq2XsCodes(), new Iq2SCodes(),
        new Iq3XxsCodes(), new Iq3SCodes(),
    ];

    /// <summary>Formats of 32 weights that one kernel multiplies.</summary>
    public static IReadOnlyList<Codes32> Formats32 { get; } = [new Q41Codes(), new Q5Codes(minima: false), new Q5Codes(minima: true), new Iq4NlCodes(), new Mxfp4Codes()];

    private static readonly TileKernel[] s_scalar =
    [
        new ScalarF32(), new ScalarWords<HalfPairs>(), new ScalarWords<BrainPairs>(), new ScalarQ40(), new ScalarQ80(), new ScalarQ4K(), new ScalarQ6K(),
        .. Formats32.Select(format => new ScalarCodes32(format)),
        .. Formats256.Select(format => new ScalarCodes256(format)),
    ];

    private static readonly TileKernel[] s_avx2 =
    [
        new Avx2F32(), new Avx2Words<HalfPairs>(), new Avx2Words<BrainPairs>(), new Avx2Q40(), new Avx2Q80(), new Avx2Q4K(), new Avx2Q6K(),
        .. Formats32.Select(format => new VectorCodes32(format, vnni: false)),
        .. Formats256.Select(format => new VectorCodes256(format, vnni: false)),
    ];

    private static readonly TileKernel[] s_vnni =
    [
        new Avx2F32(), new Avx2Words<HalfPairs>(), new Avx2Words<BrainPairs>(), new VnniQ40(), new VnniQ80(), new VnniQ4K(), new VnniQ6K(),
        .. Formats32.Select(format => new VectorCodes32(format, vnni: true)),
        .. Formats256.Select(format => new VectorCodes256(format, vnni: true)),
    ];

    private static readonly TileKernel[] s_ggml = [new GgmlFloats(TensorType.F32), new GgmlFloats(TensorType.F16), new GgmlFloats(TensorType.BF16), new GgmlQ80()];

    /// <summary>The kernel of a format; null where the format has none and <see cref="DecodedTiles"/> computes.</summary>
    /// <param name="type">Format of the file.</param>
    /// <param name="tier">A resolved tier.</param>
    public static TileKernel? Find(TensorType type, KernelTier tier)
    {
        TileKernel[] kernels = tier switch
        {
            KernelTier.Scalar => s_scalar,
            KernelTier.Ggml => s_ggml,
            KernelTier.Avx2 => s_avx2,
            _ => KernelTiers.HasVnni ? s_vnni : s_avx2,
        };
        foreach (TileKernel kernel in kernels)
        {
            if (kernel.Type == type)
            {
                return kernel;
            }
        }

        return null;
    }
}
