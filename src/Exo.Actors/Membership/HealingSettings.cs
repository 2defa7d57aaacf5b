using Akka.Configuration;

namespace Exo.Actors.Membership;

/// <summary>How a device comes back to others.</summary>
/// <param name="AloneAfter">How long it tries to join them before it serves alone; null: for ever.</param>
internal sealed record HealingSettings(TimeSpan? AloneAfter)
{
    public static HealingSettings Read(Config config) =>
        new(string.Equals(config.GetString("exo.healing.alone-after", "off"), "off", StringComparison.OrdinalIgnoreCase) ? null : config.GetTimeSpan("exo.healing.alone-after"));
}
