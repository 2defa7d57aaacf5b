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

    /// <summary>Those that compute with the file's own blocks and must give the same bits.</summary>
    public static IReadOnlyList<KernelTier> Fast { get; } = [.. All.Where(tier => tier != KernelTier.Judge)];
}
