using Exo.Host.Composition;

namespace Exo.Host.Doctor;

/// <summary>What the devices that are to be joined by name lead to. Pure.</summary>
internal static class SeedDiagnosis
{
    /// <summary>One finding for a seed.</summary>
    public static Finding Of(SeedLookup look)
    {
        string about = $"seed {look.Seed}";
        return look.Outcome switch
        {
            SeedOutcome.Found when look.Addresses.IsEmpty => new Finding(about, true, "none of the machines there answers", "Start the first device, or look whether its --port is this one."),
            SeedOutcome.Found => new Finding(about, true, string.Join(", ", look.Addresses), ""),
            _ => new Finding(about, false, look.Reason, look.Remedy.Length > 0 ? char.ToUpperInvariant(look.Remedy[0]) + look.Remedy[1..] + "." : ""),
        };
    }
}
