using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Exo.Actors.Membership;
using Exo.Actors.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exo.Actors;

/// <summary>One actor system of a device. It has a container of its own, so that the next one can be made while the host lives on.</summary>
internal sealed class Incarnation : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IHostedService[] _hosted;
    private readonly CancellationTokenSource _ending = new();

    private Incarnation(ServiceProvider services)
    {
        _services = services;
        System = services.GetRequiredService<ActorSystem>();
        Registry = services.GetRequiredService<ActorRegistry>();
        _hosted = [.. services.GetServices<IHostedService>()];
        Address = Addresses.Of(Cluster.Get(System).SelfAddress);
        CoordinatedShutdown.Get(System).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "tell-the-device", () =>
        {
            _ending.Cancel();
            return Task.FromResult(Done.Instance);
        });
    }

    public ActorSystem System { get; }

    public ActorRegistry Registry { get; }

    public string Address { get; }

    /// <summary>Cancelled as soon as the system begins to end.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Whether it ended or is about to.</summary>
    public bool IsEnding => CoordinatedShutdown.Get(System).ShutdownReason is not null || System.WhenTerminated.IsCompleted;

    /// <summary>Whether it ended, or is about to, since somebody asked the device to leave the cluster.</summary>
    public bool IsLeaving => CoordinatedShutdown.Get(System).ShutdownReason is CoordinatedShutdown.ClusterLeavingReason;

    /// <summary>Makes the system and starts its actors.</summary>
    /// <param name="loggers">Where it logs to.</param>
    /// <param name="configure">What it is made of.</param>
    /// <param name="ct">Stops the start.</param>
    public static async Task<Incarnation> StartAsync(ILoggerFactory loggers, Action<AkkaConfigurationBuilder> configure, CancellationToken ct)
    {
        ServiceCollection services = [];
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton<IHostApplicationLifetime, Lifetime>();
        services.AddAkka(Addresses.SystemName, (builder, _) => configure(builder));
        ServiceProvider provider = services.BuildServiceProvider();
        try
        {
            Incarnation made = new(provider);
            foreach (IHostedService hosted in made._hosted)
            {
                await hosted.StartAsync(ct);
            }

            return made;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the end of the system.</summary>
    /// <returns>Whom the next one should join; default when this was the last.</returns>
    /// <param name="others">The devices that were known at the end.</param>
    public async Task<ImmutableArray<string>> EndedAsync(Func<ImmutableArray<string>> others)
    {
        await System.WhenTerminated;
        return CoordinatedShutdown.Get(System).ShutdownReason switch
        {
            Rejoining.Reason reason => reason.Others,
            CoordinatedShutdown.ClusterDowningReason => others(),
            _ => default,
        };
    }

    public async Task StopAsync(CancellationToken ct)
    {
        foreach (IHostedService hosted in _hosted.Reverse())
        {
            await hosted.StopAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _ending.Dispose();
    }

    /// <summary>Who watches the system is <see cref="NodeLife"/>, which decides whether the host ends with it.</summary>
    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
