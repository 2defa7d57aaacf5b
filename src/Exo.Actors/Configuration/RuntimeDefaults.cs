using Akka.Configuration;

namespace Exo.Actors.Configuration;

/// <summary>What the embedded runtime must be told beside <c>reference.conf</c>: nothing, its own defaults suit a ring of devices.</summary>
internal static class RuntimeDefaults
{
    public static Config Config => ConfigurationFactory.Empty;
}
