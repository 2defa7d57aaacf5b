using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Guarantees.Kit;
using Akka.Tests.Kit;
using Xunit;

namespace Akka.Guarantees.Cluster;

/// <summary>Defaults that hold on every runtime; intervals that suit the network at hand are not among them.</summary>
public sealed class ClusterDefaultsTests
{
    [Fact]
    public async Task The_documented_defaults_hold()
    {
        await using Nodes nodes = new();
        ClusterSettings settings = Rings.Of(nodes.StartCluster("ring")).Settings;

        Assert.Empty(settings.SeedNodes);
        Assert.Null(settings.ShutdownAfterUnsuccessfulJoinSeedNodes);
        Assert.Empty(settings.Roles);
        Assert.Equal(1, settings.MinNrOfMembers);
        Assert.Empty(settings.MinNrOfMembersOfRole);
        Assert.True(settings.AllowWeaklyUpMembers);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.WeaklyUpAfter);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.GossipTimeToLive);
        Assert.Equal(0.8, settings.GossipDifferentViewProbability);
        Assert.True(settings.RunCoordinatedShutdownWhenDown);
        Assert.Null(settings.AutoDownUnreachableAfter);
        Assert.True(settings.LogInfo);
        Assert.False(settings.LogInfoVerbose);
        Assert.Equal("Akka.Cluster.SBR.SplitBrainResolverProvider", settings.DowningProviderType.FullName);
    }

    [Fact]
    public async Task The_failure_detector_has_the_documented_defaults()
    {
        await using Nodes nodes = new();
        ClusterSettings settings = Rings.Of(nodes.StartCluster("ring")).Settings;
        Config detector = settings.FailureDetectorConfig;

        Assert.Equal("Akka.Remote.PhiAccrualFailureDetector, Akka.Remote", settings.FailureDetectorImplementationClass);
        Assert.Equal(9, settings.MonitoredByNrOfMembers);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.HeartbeatExpectedResponseAfter);
        Assert.Equal(8.0, detector.GetDouble("threshold"));
        Assert.Equal(TimeSpan.FromSeconds(3), detector.GetTimeSpan("acceptable-heartbeat-pause"));
        Assert.Equal(TimeSpan.FromMilliseconds(100), detector.GetTimeSpan("min-std-deviation"));
        Assert.Equal(1000, detector.GetInt("max-sample-size"));
    }

    [Fact]
    public async Task Every_setting_is_read_from_its_key()
    {
        await using Nodes nodes = new();
        ClusterSettings settings = Rings.Of(nodes.StartCluster("ring", """
            akka.cluster {
              seed-node-timeout = 11s
              retry-unsuccessful-join-after = off
              shutdown-after-unsuccessful-join-seed-nodes = 12s
              roles = [a, b]
              app-version = "4.5.6"
              min-nr-of-members = 2
              role.a.min-nr-of-members = 3
              allow-weakly-up-members = 13s
              gossip-interval = 14s
              gossip-time-to-live = 15s
              gossip-different-view-probability = 0.5
              leader-actions-interval = 16s
              unreachable-nodes-reaper-interval = 17s
              periodic-tasks-initial-delay = 18s
              log-info-verbose = on
              failure-detector { heartbeat-interval = 19s, expected-response-after = 20s, monitored-by-nr-of-members = 5
              }
            }
            """)).Settings;

        Assert.Equal(TimeSpan.FromSeconds(11), settings.SeedNodeTimeout);
        Assert.Null(settings.RetryUnsuccessfulJoinAfter);
        Assert.Equal(TimeSpan.FromSeconds(12), settings.ShutdownAfterUnsuccessfulJoinSeedNodes);
        Assert.True(settings.Roles.SetEquals(["a", "b"]));
        Assert.Equal("4.5.6", settings.AppVersion.Version);
        Assert.Equal(2, settings.MinNrOfMembers);
        Assert.Equal(3, settings.MinNrOfMembersOfRole["a"]);
        Assert.Equal(TimeSpan.FromSeconds(13), settings.WeaklyUpAfter);
        Assert.Equal(TimeSpan.FromSeconds(14), settings.GossipInterval);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.GossipTimeToLive);
        Assert.Equal(0.5, settings.GossipDifferentViewProbability);
        Assert.Equal(TimeSpan.FromSeconds(16), settings.LeaderActionsInterval);
        Assert.Equal(TimeSpan.FromSeconds(17), settings.UnreachableNodesReaperInterval);
        Assert.Equal(TimeSpan.FromSeconds(18), settings.PeriodicTasksInitialDelay);
        Assert.True(settings.LogInfoVerbose);
        Assert.Equal(TimeSpan.FromSeconds(19), settings.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromSeconds(20), settings.HeartbeatExpectedResponseAfter);
        Assert.Equal(5, settings.MonitoredByNrOfMembers);
    }
}
