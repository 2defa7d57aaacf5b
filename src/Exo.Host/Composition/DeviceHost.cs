using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Exo.Actors;
using Exo.Host.Devices;
using Exo.Host.Gateway;
using Exo.Host.Generation;
using Exo.Host.Palettes;
using Exo.Host.Ports;
using Exo.Host.Terminal;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exo.Host.Composition;

/// <summary>One device of this process: its place in the cluster, its gateway, its command port, its node file.</summary>
internal sealed class DeviceHost : IAsyncDisposable
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(10);

    /// <summary>How long the answers that are under way may take; the rest of the farewell is for leaving the cluster.</summary>
    private static readonly TimeSpan s_lastAnswers = TimeSpan.FromSeconds(6);
    private readonly WebApplication _app;
    private readonly ExoNode _node;
    private readonly NodeFiles _files;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _palettes;
    private readonly Neighbourhood? _neighbourhood;

    private DeviceHost(WebApplication app, ExoNode node, NodeFiles files, NodeFile file, int joined, Task palettes, CancellationTokenSource ending, Neighbourhood? neighbourhood)
    {
        _app = app;
        _node = node;
        _files = files;
        _ending = ending;
        _palettes = palettes;
        _neighbourhood = neighbourhood;
        File = file;
        Joined = joined;
    }

    public NodeFile File { get; }

    /// <summary>How many addresses it joined by; 0: it formed a cluster of its own.</summary>
    public int Joined { get; }

    /// <summary>Cancelled when the device ends by itself, as after it was removed from the cluster.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Whether it ends since somebody asked it to leave the cluster.</summary>
    public bool HasLeft => _node.HasLeft;

    /// <exception cref="CommandFailureException">A port is taken, a key is missing, a model is unusable; the message has the remedy.</exception>
    public static async Task<DeviceHost> StartAsync(DeviceOptions options, CancellationToken ct)
    {
        AddressRules.Check(options);
        options = await WithPortAsync(options, ct);

        Socket http = await BindAsync(options.Http, "--http", ct);
        Socket pbm = await BindAsync(options.Pbm, "--pbm", ct);
        NodeFiles files = new(options.Home);

        // The lock is held until this device can be joined: of two that start together, one forms the cluster.
        using IDisposable start = await files.LockAsync(ct);
        using Process self = Process.GetCurrentProcess();
        DateTimeOffset since = new(self.StartTime.ToUniversalTime());
        Neighbourhood? neighbourhood = options.Cluster.IsLoopback ? null : Neighbourhood.Enter(options, since, Console.Error.WriteLine);
        string[] seeds = options.Seeds.IsEmpty ? [.. neighbourhood is null ? files.Live().Select(node => node.Akka) : await neighbourhood.FindAsync(ct)] : [.. await new SeedAddresses(warn: Console.Error.WriteLine).ExpandAsync(options.Seeds, ct)];
        WebApplication app = Build(options, http, seeds);
        try
        {
            ExoNode node = app.Services.GetRequiredService<ExoNode>();
            if (options.Model is { } model)
            {
                node.Models.Open(model);
            }

            await app.StartAsync(ct);
            if (await node.StartAsync(ct) is { } problem)
            {
                throw new CommandFailureException(problem);
            }

            RingNode ring = new(node);
            CancellationTokenSource ending = new();
            PaletteGroup[] palettes = [ClusterPalette.Create(ring, ring), ActorPalette.Create(ring), ExoPalette.Create(ring, ring, app.Services.GetRequiredService<IModelCatalog>())];
            NodeFile file = new(Environment.ProcessId, ring.DeviceName, node.Self.Address, ListenSocket.Text(http), ListenSocket.Text(pbm), since, Version) { StartTicks = NodeFiles.StartTicksOf(Environment.ProcessId) };
            files.Write(file);
            neighbourhood?.Join(node.Hear);
            return new DeviceHost(app, node, files, file, seeds.Length, CommandPort.ServeAsync(pbm, ring.DeviceName, palettes, node, app.Services.GetRequiredService<ILogger<PaletteServer>>(), ending.Token), ending, neighbourhood);
        }
        catch
        {
            await app.DisposeAsync();
            pbm.Dispose();
            await (neighbourhood?.DisposeAsync() ?? ValueTask.CompletedTask);
            throw;
        }
    }

    public static string Version => typeof(DeviceHost).Assembly.GetName().Version?.ToString(3) ?? "0";

    public async ValueTask DisposeAsync()
    {
        _files.Delete(File.Pid);
        await (_neighbourhood?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _ending.CancelAsync();
        using CancellationTokenSource patience = new(s_farewell);
        using CancellationTokenSource lastAnswers = new(s_lastAnswers);
        await using CancellationTokenRegistration end = lastAnswers.Token.Register(_node.EndGenerations);
        try
        {
            await _app.StopAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Console.Error.WriteLine($"The cluster did not confirm within {s_farewell.TotalSeconds:0} s that this device leaves: the others will notice that it is gone.");
        }

        await _palettes;
        await _app.DisposeAsync();
        _ending.Dispose();
    }

    /// <summary>A port that is taken is named at once; on a network the port is chosen here, as it is told to others before the device has it.</summary>
    private static async Task<DeviceOptions> WithPortAsync(DeviceOptions options, CancellationToken ct)
    {
        if (options.Cluster.Port == 0 && options.Cluster.IsLoopback)
        {
            return options;
        }

        using Socket probe = await BindAsync(options.Cluster, "--port", ct);
        return options with { Cluster = options.Cluster with { Port = ((IPEndPoint)probe.LocalEndPoint!).Port } };
    }

    private static Task<Socket> BindAsync(HostPort endpoint, string option, CancellationToken ct) =>
        ListenSocket.BindAsync(endpoint, option, Console.Error.WriteLine, ListenSocket.Patience, ct);

    private static WebApplication Build(DeviceOptions options, Socket http, string[] seeds)
    {
        WebApplicationBuilder builder = GatewayServer.CreateBuilder(http);

        // What keeps the device from starting is thrown to the command, which says it in one line.
        builder.Logging.AddProvider(new StderrLog()).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddSingleton<IModelCatalog>(services => new NodeCatalog(services.GetRequiredService<ExoNode>().Models));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_farewell);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.AddExo(Settings(options, seeds, ListenSocket.Text(http)));
        WebApplication app = builder.Build();
        GatewayRoutes routes = new(
            new RingNode(app.Services.GetRequiredService<ExoNode>()),
            app.Services.GetRequiredService<IModelCatalog>(),
            new GatewayOptions { ApiKey = options.ApiKey },
            TimeProvider.System,
            app.Services.GetRequiredService<ILogger<GatewayRoutes>>());
        ((IApplicationBuilder)app).Run(routes.HandleAsync);
        return app;
    }

    private static NodeSettings Settings(DeviceOptions options, string[] seeds, string http) => new()
    {
        Host = options.Cluster.Host,
        Port = options.Cluster.Port,
        Seeds = [.. seeds],
        Model = options.Model,
        Stages = options.Stages,
        Cut = options.Cut,
        ClusterKey = options.ClusterKey,
        Configuration = options.Configuration,
        Overrides = options.Overrides,
        MemoryBytes = options.MemoryBytes,
        Threads = options.Threads,
        HomeFolder = options.Home,
        DeviceName = options.Name,
        HttpAddress = http,
    };
}
