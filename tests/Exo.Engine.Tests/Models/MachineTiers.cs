using Exo.Engine.Kernels;

namespace Exo.Engine.Tests.Models;

/// <summary>The kernel tiers that this machine can run.</summary>
internal static class MachineTiers
{
    public static IReadOnlyList<KernelTier> All { get; } =
    [
        KernelTier.Judge,
        KernelTier.Scalar,
        .. KernelTiers.HasAvx2 ? [KernelTier.Avx2] : Array.Empty<KernelTier>(),
        .. KernelTiers.HasAvx512 ? [KernelTier.Avx512] : Array.Empty<KernelTier>(),
    ];
}
