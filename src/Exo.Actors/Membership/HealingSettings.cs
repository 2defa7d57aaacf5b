using Akka.Configuration;

namespace Exo.Actors.Membership;

/// <summary>How a device comes back to others.</summary>
/// <param name="AloneAfter">How long it tries to join them before it serves alone.</param>
internal sealed record HealingSettings(TimeSpan AloneAfter)
{
    public static HealingSettings Read(Config config) => new(config.GetTimeSpan("exo.healing.alone-after"));
}
