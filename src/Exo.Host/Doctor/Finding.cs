namespace Exo.Host.Doctor;

/// <summary>One line of what `exo doctor` found.</summary>
/// <param name="About">What was looked at: this machine, an interface, another device.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Text">What was found.</param>
/// <param name="Remedy">What to do about it; empty where nothing needs to be done.</param>
internal sealed record Finding(string About, bool Ok, string Text, string Remedy);
