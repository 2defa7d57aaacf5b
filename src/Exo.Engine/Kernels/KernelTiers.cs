using System.Runtime.Intrinsics.X86;

namespace Exo.Engine.Kernels;

/// <summary>Which tiers this machine has; found once.</summary>
internal static class KernelTiers
{
    public static bool HasAvx2 { get; } = Avx2.IsSupported && Fma.IsSupported;

    public static bool HasAvx512 { get; } = HasAvx2 && Avx512BW.IsSupported && Avx512F.VL.IsSupported;

    public static bool HasVnni { get; } = HasAvx2 && AvxVnni.IsSupported;

    /// <summary>The best tier of the machine.</summary>
    public static KernelTier Best { get; } = HasAvx512 ? KernelTier.Avx512 : HasVnni ? KernelTier.AvxVnni : HasAvx2 ? KernelTier.Avx2 : KernelTier.Scalar;

    /// <summary>The tier whose code runs: Auto and Judge become the best one.</summary>
    /// <exception cref="PlatformNotSupportedException">This machine lacks the tier's instructions.</exception>
    public static KernelTier Resolve(KernelTier tier) => tier switch
    {
        KernelTier.Auto or KernelTier.Judge => Best,
        KernelTier.Avx2 when !HasAvx2 => throw Missing(tier),
        KernelTier.AvxVnni when !HasVnni => throw Missing(tier),
        KernelTier.Avx512 when !HasAvx512 => throw Missing(tier),
        _ => tier,
    };

    private static PlatformNotSupportedException Missing(KernelTier tier) =>
        new($"This processor has no {tier} instructions; choose the kernels {nameof(KernelTier.Auto)}.");
}
