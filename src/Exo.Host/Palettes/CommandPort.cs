using System.Net.Sockets;
using Exo.Actors;
using Microsoft.Extensions.Logging;

namespace Exo.Host.Palettes;

/// <summary>Where `pbm` is served: by Exo's own server here, by Petabridge.Cmd in a build with its packages.</summary>
internal static class CommandPort
{
    /// <summary>Serves the palettes until cancelled.</summary>
    /// <param name="listener">Bound and listening; owned by the port from here on.</param>
    /// <param name="device">Name for the greeting.</param>
    /// <param name="groups">What can be asked.</param>
    /// <param name="node">The device.</param>
    /// <param name="log">For strangers on the port.</param>
    /// <param name="ct">Ends it.</param>
    public static Task ServeAsync(Socket listener, string device, IReadOnlyList<PaletteGroup> groups, ExoNode node, ILogger<PaletteServer> log, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new PaletteServer(listener, device, groups, log).RunAsync(ct);
    }
}
