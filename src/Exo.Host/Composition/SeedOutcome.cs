namespace Exo.Host.Composition;

/// <summary>How the look for a seed's addresses ended.</summary>
internal enum SeedOutcome
{
    /// <summary>It has addresses.</summary>
    Found,

    /// <summary>Whoever knows says that there is no such name, or no such record of it.</summary>
    NoRecord,

    /// <summary>Nobody could be asked who knows: a name server failed or kept silent, or Tailscale is not connected.</summary>
    Unknown,
}
