using System.CommandLine;

namespace Exo.Host.Commands;

/// <summary>`exo config`: what this machine is told.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new Command("config", "Look at the configuration.")
    {
        ConfigShowCommand.Create(),
    }.WithExamples("exo config show", "exo config show exo.ring.sessions");
}
