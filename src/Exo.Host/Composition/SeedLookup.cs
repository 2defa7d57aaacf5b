using System.Collections.Immutable;

namespace Exo.Host.Composition;

/// <summary>What one seed leads to.</summary>
/// <param name="Seed">As it was given.</param>
/// <param name="Outcome">How the look for it ended.</param>
/// <param name="Addresses">Each <c>host:port</c> that a device may be joined by; of a name also the name itself, whatever the outcome.</param>
/// <param name="Reason">What went wrong, without a full stop; empty when nothing did.</param>
internal sealed record SeedLookup(string Seed, SeedOutcome Outcome, ImmutableArray<string> Addresses, string Reason = "")
{
    /// <summary>What to do about it; empty when nothing is wrong.</summary>
    public string Remedy => Outcome switch
    {
        SeedOutcome.NoRecord => "mend the name of --seed, add the record to its zone, or give HOST:PORT",
        SeedOutcome.Unknown => Seed.StartsWith(SeedAddresses.Tailscale + ":", StringComparison.Ordinal) ? "" : "look at the name servers of this machine and the network to them, or give --seed an IP address",
        _ => "",
    };
}
