using System.CommandLine;
using System.Globalization;
using Exo.Host.Client;
using Exo.Host.Devices;
using Exo.Host.Terminal;

namespace Exo.Host.Commands;

/// <summary>Which running device a command asks: the one named with --node, else the oldest of this machine that answers.</summary>
internal static class Nodes
{
    public static Option<string?> CreateOption() => new("--node") { Description = "Gateway address of a running device, as http://127.0.0.1:52415; without it, one of this machine.", HelpName = "URL" };

    /// <exception cref="CommandFailureException">The address is none, no device runs, or none answers.</exception>
    public static async Task<NodeClient> OpenAsync(string? address, CancellationToken ct) =>
        await TryOpenAsync(address, ct) ?? throw new CommandFailureException("No device runs on this machine: start one with `exo up`, or name one elsewhere with --node http://HOST:PORT.");

    /// <summary>Null when no device is named and none runs here.</summary>
    /// <exception cref="CommandFailureException">The address is none, or devices run here and none of them answers.</exception>
    public static async Task<NodeClient?> TryOpenAsync(string? address, CancellationToken ct)
    {
        if (address is not null)
        {
            string full = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
            return Uri.TryCreate(full, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
                ? new NodeClient(uri)
                : throw new CommandFailureException($"'{address}' is no address: give --node http://HOST:PORT.", ExitCode.Usage);
        }

        NodeFiles files = new(HomeFolder.Resolve());
        IReadOnlyList<NodeFile> live = files.Live();
        NodeFile? chosen = await NodeChoice.FirstAsync(live, NodeChoice.AnswersAsync, ct);
        ct.ThrowIfCancellationRequested();

        // Those that were killed while they were asked are gone by now, and are no reason to complain.
        return chosen is not null ? new NodeClient(new Uri("http://" + chosen.Http))
            : files.Live() is { Count: > 0 } silent ? throw new CommandFailureException(Silent(silent))
            : null;
    }

    private static string Silent(IReadOnlyList<NodeFile> nodes) =>
        string.Create(CultureInfo.InvariantCulture, $"No device of this machine answers within {NodeChoice.Patience.TotalSeconds:0} s: {string.Join(", ", nodes.Select(node => string.Create(CultureInfo.InvariantCulture, $"{node.Name} (process {node.Pid}) at {node.Http}")))}. Let a stopped process go on, end one that hangs, or name another device with --node http://HOST:PORT.");
}
