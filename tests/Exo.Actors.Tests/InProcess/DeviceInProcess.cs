using System.Collections.Immutable;
using Akka.Actor;
using Exo.Actors.Sessions;
using Exo.Engine.Sampling;
using Exo.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Exo.Actors.Tests.InProcess;

/// <summary>A whole device, real sockets on loopback included, inside the test's process.</summary>
internal sealed class DeviceInProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private DeviceInProcess(IHost host)
    {
        _host = host;
        Node = host.Services.GetRequiredService<ExoNode>();
    }

    public ExoNode Node { get; }

    public ActorSystem System => Node.System;

    public static string DemoModel { get; } = Path.Combine(Root(AppContext.BaseDirectory), "models", "exo-demo.gguf");

    /// <summary>Starts a device that joins the given ones; the first of a cluster has none to join.</summary>
    public static async Task<DeviceInProcess> Start(string name, IEnumerable<DeviceInProcess> others, string? model = null, int? stages = null, long? memoryBytes = 1L << 30, string? hocon = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddExo(new NodeSettings
        {
            Host = "127.0.0.1",
            Seeds = [.. others.Select(other => other.Node.Self.Address)],
            Model = model,
            Stages = stages,
            MemoryBytes = memoryBytes,
            Threads = 1,
            HomeFolder = Path.Combine(AppContext.BaseDirectory, "no-home"),
            DeviceName = name,
            Configuration = hocon,
        });
        IHost host = builder.Build();
        await host.StartAsync();
        DeviceInProcess device = new(host);
        Assert.Null(await device.Node.StartAsync(CancellationToken.None));
        return device;
    }

    /// <summary>So many devices, of which the first asks for the demo model in as many stages.</summary>
    public static async Task<ImmutableArray<DeviceInProcess>> StartRing(int count)
    {
        ImmutableArray<DeviceInProcess> devices = [await Start("device-1", [], DemoModel, stages: count)];
        for (int i = 2; i <= count; i++)
        {
            devices = devices.Add(await Start($"device-{i}", [devices[0]]));
        }

        await Ring(devices, ring => ring.State == "ready" && ring.Stages.Length == count, $"a ring of {count} on all devices");
        return devices;
    }

    /// <summary>Waits until every device shows the demo model's ring as expected; gives the first one's view.</summary>
    public static async Task<RingView> Ring(IEnumerable<DeviceInProcess> devices, Func<RingView, bool> expected, string expectation)
    {
        ImmutableArray<RingView?> seen = [];
        await Eventually.True(
            async () =>
            {
                seen = [.. await Task.WhenAll(devices.Select(device => device.Ring()))];
                return seen.All(ring => ring is not null && expected(ring));
            },
            TimeSpan.FromSeconds(60),
            expectation,
            () => string.Join("\n", seen.Select(ring => ring is null ? "no ring" : $"{ring.State}, epoch {ring.Epoch}: {string.Join(", ", ring.Stages)} {ring.Reason}")));
        return seen[0]!;
    }

    public static GenerationRequest Request(int maxTokens, SamplingParameters? sampling = null) => new()
    {
        Model = "exo-demo",
        PromptTokens = [.. Enumerable.Range(0, 700).Select(i => 5 + (i * 37 % 300))],
        Sampling = sampling ?? SamplingParameters.Greedy,
        MaxTokens = maxTokens,
        StopTokens = [],
    };

    /// <summary>All events of a generation; <paramref name="seen"/> hears how many tokens there are so far.</summary>
    public async Task<ImmutableArray<GenerationEvent>> Generate(GenerationRequest request, Action<int>? seen = null)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        ImmutableArray<GenerationEvent>.Builder events = ImmutableArray.CreateBuilder<GenerationEvent>();
        await foreach (GenerationEvent next in Node.GenerateAsync(request, limit.Token))
        {
            events.Add(next);
            seen?.Invoke(events.Count(e => e is GenerationEvent.Token));
        }

        return events.ToImmutable();
    }

    /// <summary>Ends the device as abruptly as a process allows: no leaving, no farewell.</summary>
    public void Abort() => ((ExtendedActorSystem)System).Abort();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private async Task<RingView?> Ring()
    {
        ClusterSnapshot snapshot = await Node.SnapshotAsync(CancellationToken.None);
        return snapshot.Rings.SingleOrDefault(ring => ring.Model == "exo-demo");
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Exo.sln")) ? folder : Root(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No folder above the tests holds Exo.sln."));
}
