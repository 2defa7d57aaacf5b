using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Cluster;

public sealed class ClusterSettings
{
    public ClusterSettings(Config config, string systemName)
    {
        Config cluster = config.GetConfig("akka.cluster") ?? throw ConfigurationException.NullOrEmptyConfig<ClusterSettings>("akka.cluster");
        LogInfoVerbose = cluster.GetBoolean("log-info-verbose");
        LogInfo = LogInfoVerbose || cluster.GetBoolean("log-info");
        FailureDetectorConfig = cluster.GetConfig("failure-detector");
        FailureDetectorImplementationClass = FailureDetectorConfig.GetString("implementation-class");
        HeartbeatInterval = Positive(FailureDetectorConfig, "heartbeat-interval");
        HeartbeatExpectedResponseAfter = Positive(FailureDetectorConfig, "expected-response-after");
        MonitoredByNrOfMembers = FailureDetectorConfig.GetInt("monitored-by-nr-of-members");
        if (MonitoredByNrOfMembers < 1)
            throw new ConfigurationException("akka.cluster.failure-detector.monitored-by-nr-of-members must be at least 1");
        SeedNodes = [.. cluster.GetStringList("seed-nodes").Select(ParseSeed)];
        SeedNodeTimeout = cluster.GetTimeSpan("seed-node-timeout");
        RetryUnsuccessfulJoinAfter = OrOff(cluster, "retry-unsuccessful-join-after");
        ShutdownAfterUnsuccessfulJoinSeedNodes = OrOff(cluster, "shutdown-after-unsuccessful-join-seed-nodes");
        PeriodicTasksInitialDelay = cluster.GetTimeSpan("periodic-tasks-initial-delay");
        GossipInterval = Positive(cluster, "gossip-interval");
        GossipTimeToLive = cluster.GetTimeSpan("gossip-time-to-live");
        LeaderActionsInterval = Positive(cluster, "leader-actions-interval");
        UnreachableNodesReaperInterval = Positive(cluster, "unreachable-nodes-reaper-interval");
        AutoDownUnreachableAfter = OrOff(cluster, "auto-down-unreachable-after");
        Roles = [.. cluster.GetStringList("roles")];
        string version = cluster.GetString("app-version");
        AppVersion = version is "assembly-version" or null
            ? AppVersion.Create((Assembly.GetEntryAssembly() ?? typeof(ClusterSettings).Assembly).GetName().Version?.ToString() ?? "0.0.0")
            : AppVersion.Create(version);
        GossipDifferentViewProbability = cluster.GetDouble("gossip-different-view-probability");
        MinNrOfMembers = cluster.GetInt("min-nr-of-members");
        MinNrOfMembersOfRole = (cluster.GetConfig("role")?.AsEnumerable() ?? [])
            .Where(role => role.Value.IsObject())
            .ToImmutableDictionary(role => role.Key, role => role.Value.GetChildObject("min-nr-of-members")?.GetInt() ?? 1);
        string downing = cluster.GetString("downing-provider-class");
        DowningProviderType = string.IsNullOrEmpty(downing) ? typeof(NoDowning) : RuntimeTypes.Find(downing, "akka.cluster.downing-provider-class");
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        AllowWeaklyUpMembers = cluster.GetString("allow-weakly-up-members") is not ("off" or "false");
        WeaklyUpAfter = AllowWeaklyUpMembers ? WeaklyUpTime(cluster) : TimeSpan.MaxValue;
        DownRemovalMargin = OrOff(cluster, "down-removal-margin") ?? TimeSpan.Zero;
        HealProbeInterval = OrOff(config, "exo.cluster.heal-probe-interval");
        DownsOnEvidenceOfDeath = config.GetBoolean("exo.cluster.down-on-evidence-of-death");

        Address ParseSeed(string text)
        {
            if (!Address.TryParse(text, out Address seed) || seed.Port is null)
                throw new ConfigurationException($"akka.cluster.seed-nodes: '{text}' is no address; write \"akka.tcp://{systemName}@host:port\"");
            return seed;
        }
    }

    public bool LogInfoVerbose { get; }

    public bool LogInfo { get; }

    public Config FailureDetectorConfig { get; }

    public string FailureDetectorImplementationClass { get; }

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan HeartbeatExpectedResponseAfter { get; }

    public int MonitoredByNrOfMembers { get; }

    public ImmutableList<Address> SeedNodes { get; }

    public TimeSpan SeedNodeTimeout { get; }

    public TimeSpan? RetryUnsuccessfulJoinAfter { get; }

    public TimeSpan? ShutdownAfterUnsuccessfulJoinSeedNodes { get; }

    public TimeSpan PeriodicTasksInitialDelay { get; }

    public TimeSpan GossipInterval { get; }

    public TimeSpan GossipTimeToLive { get; }

    public TimeSpan LeaderActionsInterval { get; }

    public TimeSpan UnreachableNodesReaperInterval { get; }

    public TimeSpan? AutoDownUnreachableAfter { get; }

    public ImmutableHashSet<string> Roles { get; }

    public AppVersion AppVersion { get; }

    public double GossipDifferentViewProbability { get; }

    public int MinNrOfMembers { get; }

    public ImmutableDictionary<string, int> MinNrOfMembersOfRole { get; }

    public Type DowningProviderType { get; }

    public bool RunCoordinatedShutdownWhenDown { get; }

    public bool AllowWeaklyUpMembers { get; }

    public TimeSpan WeaklyUpAfter { get; }

    internal TimeSpan DownRemovalMargin { get; }

    /// <summary>How often members that were removed while silent are looked for; null: never.</summary>
    internal TimeSpan? HealProbeInterval { get; }

    /// <summary>A member whose host refuses its port has ended: it is downed without waiting for the downing provider.</summary>
    internal bool DownsOnEvidenceOfDeath { get; }

    private static TimeSpan Positive(Config config, string path)
    {
        TimeSpan value = config.GetTimeSpan(path);
        return value > TimeSpan.Zero ? value : throw new ConfigurationException($"akka.cluster {path} must be a positive duration");
    }

    private static TimeSpan? OrOff(Config config, string path)
        => config.GetString(path) is null or "off" or "false" or "" ? null : config.GetTimeSpan(path);

    private static TimeSpan WeaklyUpTime(Config config)
        => config.GetString("allow-weakly-up-members") is "on" or "true" ? TimeSpan.FromSeconds(7) : config.GetTimeSpan("allow-weakly-up-members");
}
