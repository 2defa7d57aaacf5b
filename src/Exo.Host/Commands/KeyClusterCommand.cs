using System.CommandLine;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>`exo key cluster`: makes the key that every device of a cluster needs.</summary>
internal static class KeyClusterCommand
{
    public static Command Create()
    {
        Option<FileInfo?> output = new("--out") { Description = "Write the key into this file, readable by you alone, instead of printing it.", HelpName = "FILE" };
        Option<bool> force = new("--force") { Description = "Replace the file if it exists." };
        Command command = new("cluster", "Make the key that all devices of a cluster share.") { output, force };
        command.SetAction(parse => Run(parse.GetValue(output), parse.GetValue(force), Screen.Standard));
        return command.WithExamples(
            $"exo key cluster --out {ClusterKey.InHome(HomeFolder.Resolve()).FullName}   (exo up finds it there)",
            "exo key cluster --out cluster.key",
            $"export {ClusterKey.Variable}=$(exo key cluster)");
    }

    private static int Run(FileInfo? output, bool force, Screen screen)
    {
        string key = ClusterKey.Make();
        if (output is null)
        {
            screen.Line(key);
            return ExitCode.Ok;
        }

        ClusterKey.Write(output, key, force);
        FileInfo home = ClusterKey.InHome(HomeFolder.Resolve());
        screen.Line($"The key is in {output.FullName}. Copy it to every device, for example:");
        screen.Line($"  scp {output.FullName} OTHER-DEVICE:{home.FullName}");
        screen.Line(output.FullName == home.FullName
            ? "`exo up` finds it there."
            : $"`exo up` finds it there; anywhere else, give --key-file or set {ClusterKey.FileVariable}.");
        return ExitCode.Ok;
    }
}
