using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting;

/// <summary>Starts the actor system with the host, ends it with the host, and ends the host with the system.</summary>
public class AkkaHostedService : IHostedService
{
    private readonly AkkaConfigurationBuilder _builder;
    private readonly IServiceProvider _services;
    private readonly ILogger<AkkaHostedService> _log;
    private readonly IHostApplicationLifetime _lifetime;
    private ActorSystem _system;
    private volatile bool _stopping;

    public AkkaHostedService(
        AkkaConfigurationBuilder configurationBuilder,
        IServiceProvider serviceProvider,
        ILogger<AkkaHostedService> logger,
        IHostApplicationLifetime applicationLifetime)
    {
        _builder = configurationBuilder;
        _services = serviceProvider;
        _log = logger;
        _lifetime = applicationLifetime;
    }

    public virtual async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _system = _services.GetRequiredService<ActorSystem>();
            await _builder.Start(_system).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            _log.LogCritical(cause, "The actor system could not start: {Reason}", cause.Message);
            throw;
        }

        _ = _system.WhenTerminated.ContinueWith(_ => Ended(), TaskScheduler.Default);
    }

    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        if (_system is null)
            return;
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Ended()
    {
        CoordinatedShutdown.Reason reason = CoordinatedShutdown.Get(_system).ShutdownReason;
        // A supervisor that restarts on failure shall start a node again that others have removed.
        if (reason is CoordinatedShutdown.ClusterDowningReason or CoordinatedShutdown.ClusterLeavingReason)
            Environment.ExitCode = -1;
        if (!_stopping)
            _lifetime?.StopApplication();
    }
}
