using System.CommandLine;
using Exo.Host.Client;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>Which running device a command asks: the one named with --node, else the oldest of this machine.</summary>
internal static class Nodes
{
    public static Option<string?> CreateOption() => new("--node") { Description = "Gateway address of a running device, as http://127.0.0.1:52415; without it, one of this machine.", HelpName = "URL" };

    /// <exception cref="CommandFailureException">The address is none, or no device runs.</exception>
    public static NodeClient Open(string? address) =>
        TryOpen(address) ?? throw new CommandFailureException("No device runs on this machine: start one with `exo up`, or name one elsewhere with --node http://HOST:PORT.");

    /// <summary>Null when no device is named and none runs here.</summary>
    public static NodeClient? TryOpen(string? address)
    {
        if (address is not null)
        {
            string full = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
            return Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                ? new NodeClient(uri)
                : throw new CommandFailureException($"'{address}' is no address: give --node http://HOST:PORT.", ExitCode.Usage);
        }

        return new NodeFiles(HomeFolder.Resolve()).Live() is [NodeFile node, ..] ? new NodeClient(new Uri("http://" + node.Http)) : null;
    }
}
