using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Cluster.SBR;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Guarantees.Kit;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Akka.Guarantees.Hosting;

public sealed class NetworkOptionsTests
{
    [Fact]
    public async Task WithRemoting_gives_the_system_its_address()
    {
        using IHost host = Hosts.Build(builder => builder.WithRemoting("127.0.0.1", 0, publicHostname: "some.example", publicPort: 4711));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal(new Address("akka.tcp", "test", "some.example", 4711), Nodes.AddressOf(system));
        await system.Terminate();
    }

    [Fact]
    public async Task Every_remote_option_sets_its_key()
    {
        using IHost host = Hosts.Build(builder => builder.WithRemoting(options =>
        {
            options.HostName = "127.0.0.1";
            options.Port = 0;
            options.PublicHostName = "some.example";
            options.PublicPort = 4711;
            options.SendBufferSize = 300_000;
            options.ReceiveBufferSize = 400_000;
            options.MaxFrameSize = 200_000;
            options.WatchFailureDetector = Detector();
        }));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        Config tcp = system.Settings.Config.GetConfig("akka.remote.dot-netty.tcp");

        Assert.Equal("127.0.0.1", tcp.GetString("hostname"));
        Assert.Equal(0, tcp.GetInt("port"));
        Assert.Equal("some.example", tcp.GetString("public-hostname"));
        Assert.Equal(4711, tcp.GetInt("public-port"));
        Assert.Equal(300_000, tcp.GetByteSize("send-buffer-size"));
        Assert.Equal(400_000, tcp.GetByteSize("receive-buffer-size"));
        Assert.Equal(200_000, tcp.GetByteSize("maximum-frame-size"));
        AssertDetector(system.Settings.Config.GetConfig("akka.remote.watch-failure-detector"));
        await system.Terminate();
    }

    [Fact]
    public async Task Every_cluster_option_sets_its_key()
    {
        using IHost host = Hosts.Build(builder => builder.WithRemoting("127.0.0.1", 0).WithClustering(new ClusterOptions
        {
            Roles = ["a", "b"],
            MinimumNumberOfMembers = 2,
            MinimumNumberOfMembersPerRole = new Dictionary<string, int> { ["a"] = 3 },
            AppVersion = "1.2.3",
            LogInfo = false,
            LogInfoVerbose = false,
            FailureDetector = Detector(),
        }));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        ClusterSettings settings = Rings.Of(system).Settings;

        Assert.True(settings.Roles.SetEquals(["a", "b"]));
        Assert.Equal(2, settings.MinNrOfMembers);
        Assert.Equal(3, settings.MinNrOfMembersOfRole["a"]);
        Assert.Equal("1.2.3", settings.AppVersion.Version);
        Assert.False(settings.LogInfo);
        Assert.False(settings.LogInfoVerbose);
        AssertDetector(settings.FailureDetectorConfig);
        await system.Terminate();
    }

    [Fact]
    public async Task Seed_nodes_of_the_options_are_joined_when_the_host_starts()
    {
        await using Nodes nodes = new();
        ActorSystem[] seeds = await Rings.Start(nodes, 1);
        using IHost host = new HostBuilder().ConfigureServices(services => services.AddAkka("ring", builder => builder
            .ConfigureLoggers(loggers => loggers.ClearLoggers())
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new ClusterOptions { SeedNodes = [Nodes.AddressOf(seeds[0]).ToString()] })
            .AddHocon(ConfigurationFactory.ParseString(Remotes.Quick), HoconAddMode.Append))).Build();

        await host.StartAsync();

        await Rings.ExpectUp(seeds[0], host.Services.GetRequiredService<ActorSystem>());
        await host.StopAsync();
    }

    [Theory]
    [InlineData(0, "keep-majority")]
    [InlineData(1, "keep-majority")]
    [InlineData(2, "keep-oldest")]
    [InlineData(3, "static-quorum")]
    public async Task A_split_brain_option_chooses_the_strategy(int which, string strategy)
    {
        SplitBrainResolverOption option = which switch
        {
            0 => SplitBrainResolverOption.Default,
            1 => new KeepMajorityOption { Role = "vote" },
            2 => new KeepOldestOption { DownIfAlone = false },
            _ => new StaticQuorumOption { QuorumSize = 3 },
        };
        using IHost host = Hosts.Build(builder => builder.WithRemoting("127.0.0.1", 0).WithClustering(new ClusterOptions { SplitBrainResolver = option }));
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        SplitBrainResolverSettings settings = new(system.Settings.Config);

        Assert.Equal(strategy, settings.DowningStrategy);
        if (which == 1)
            Assert.Equal("vote", settings.KeepMajorityRole);
        if (which == 2)
            Assert.False(settings.KeepOldestSettings.DownIfAlone);
        if (which == 3)
            Assert.Equal(3, settings.StaticQuorumSettings.Size);
        await system.Terminate();
    }

    [Fact]
    public async Task WithDistributedPubSub_starts_the_mediator_and_registers_it()
    {
        using IHost host = Hosts.Build(builder => builder
            .WithRemoting("127.0.0.1", 0).WithClustering(new ClusterOptions { Roles = ["store"] }).WithDistributedPubSub("store"));
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal(DistributedPubSub.Get(system).Mediator, ActorRegistry.For(system).Get<DistributedPubSub>());
        Assert.Equal("store", system.Settings.Config.GetString("akka.cluster.pub-sub.role"));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_that_is_downed_or_leaves_ends_its_host_with_exit_code_minus_1(bool isDowned)
    {
        int before = Environment.ExitCode;
        using IHost host = Hosts.Build(builder => builder
            .WithRemoting("127.0.0.1", 0).WithClustering().AddHocon(ConfigurationFactory.ParseString(Remotes.Quick), HoconAddMode.Append));
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await host.StartAsync();
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        Rings.Of(system).Join(Nodes.AddressOf(system));
        await Rings.ExpectUp(system);
        try
        {
            if (isDowned)
                Rings.Of(system).Down(Nodes.AddressOf(system));
            else
                Rings.Of(system).Leave(Nodes.AddressOf(system));

            await stopping.Task.WaitAsync(Hosts.Within);
            Assert.Equal(-1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    private static PhiAccrualFailureDetectorOptions Detector() => new()
    {
        HeartbeatInterval = TimeSpan.FromSeconds(11),
        AcceptableHeartbeatPause = TimeSpan.FromSeconds(12),
        Threshold = 13.5,
        MaxSampleSize = 14,
        MinStandardDeviation = TimeSpan.FromMilliseconds(150),
        UnreachableNodesReaperInterval = TimeSpan.FromSeconds(16),
        ExpectedResponseAfter = TimeSpan.FromSeconds(17),
    };

    private static void AssertDetector(Config detector)
    {
        Assert.Equal(TimeSpan.FromSeconds(11), detector.GetTimeSpan("heartbeat-interval"));
        Assert.Equal(TimeSpan.FromSeconds(12), detector.GetTimeSpan("acceptable-heartbeat-pause"));
        Assert.Equal(13.5, detector.GetDouble("threshold"));
        Assert.Equal(14, detector.GetInt("max-sample-size"));
        Assert.Equal(TimeSpan.FromMilliseconds(150), detector.GetTimeSpan("min-std-deviation"));
        Assert.Equal(TimeSpan.FromSeconds(16), detector.GetTimeSpan("unreachable-nodes-reaper-interval"));
        Assert.Equal(TimeSpan.FromSeconds(17), detector.GetTimeSpan("expected-response-after"));
    }
}
