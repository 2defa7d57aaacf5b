using Microsoft.Extensions.Hosting;

namespace Exo.Host.Composition;

/// <summary>The command line owns Ctrl+C and SIGTERM; the host neither listens for signals nor prints.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
