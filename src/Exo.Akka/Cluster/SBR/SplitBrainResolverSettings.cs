using System.Collections.Immutable;
using Akka.Configuration;

namespace Akka.Cluster.SBR;

public sealed class SplitBrainResolverSettings
{
    public const string KeepMajorityName = "keep-majority";
    public const string StaticQuorumName = "static-quorum";
    public const string KeepOldestName = "keep-oldest";
    public const string DownAllName = "down-all";

    public static readonly ImmutableHashSet<string> AllStrategyNames = [KeepMajorityName, StaticQuorumName, KeepOldestName, DownAllName];

    public SplitBrainResolverSettings(Config config)
    {
        Config section = config.GetConfig("akka.cluster.split-brain-resolver")
            ?? throw ConfigurationException.NullOrEmptyConfig<SplitBrainResolverSettings>("akka.cluster.split-brain-resolver");
        DowningStableAfter = section.GetTimeSpan("stable-after");
        if (DowningStableAfter <= TimeSpan.Zero)
            throw new ConfigurationException("akka.cluster.split-brain-resolver.stable-after must be a positive duration");
        DowningStrategy = section.GetString("active-strategy");
        if (!AllStrategyNames.Contains(DowningStrategy))
        {
            throw new ConfigurationException(
                $"akka.cluster.split-brain-resolver.active-strategy is '{DowningStrategy}'; it must be one of {string.Join(", ", AllStrategyNames.Order())}");
        }

        DownAllWhenUnstable = section.GetString("down-all-when-unstable") switch
        {
            "off" or "false" => TimeSpan.Zero,
            "on" or "true" => TimeSpan.FromTicks(Math.Max(TimeSpan.FromSeconds(4).Ticks, DowningStableAfter.Ticks * 3 / 4)),
            _ => section.GetTimeSpan("down-all-when-unstable"),
        };
        KeepMajorityRole = Role(section, "keep-majority.role");
        KeepOldestSettings = new KeepOldestSettings(section.GetBoolean("keep-oldest.down-if-alone"), Role(section, "keep-oldest.role"));
        if (DowningStrategy == StaticQuorumName)
            StaticQuorumSettings = new StaticQuorumSettings(section.GetInt("static-quorum.quorum-size"), Role(section, "static-quorum.role"));
    }

    public TimeSpan DowningStableAfter { get; }

    public string DowningStrategy { get; }

    public TimeSpan DownAllWhenUnstable { get; }

    public string KeepMajorityRole { get; }

    public StaticQuorumSettings StaticQuorumSettings { get; }

    public KeepOldestSettings KeepOldestSettings { get; }

    private static string Role(Config section, string path) => section.GetString(path) is { Length: > 0 } role ? role : null;
}
