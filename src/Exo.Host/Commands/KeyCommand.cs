using System.CommandLine;

namespace Exo.Host.Commands;

/// <summary>`exo key`: the secrets of a cluster.</summary>
internal static class KeyCommand
{
    public static Command Create() => new Command("key", "Make the secrets that devices share.")
    {
        KeyClusterCommand.Create(),
    }.WithExamples("exo key cluster --out ~/.local/share/exo/cluster.key");
}
