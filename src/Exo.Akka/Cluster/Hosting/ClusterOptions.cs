using Akka.Cluster.Hosting.SBR;
using Akka.Remote.Hosting;

namespace Akka.Cluster.Hosting;

/// <summary>How a node takes part in a cluster; what is null keeps the configured value.</summary>
public sealed class ClusterOptions
{
    public string[] Roles { get; set; }

    public Dictionary<string, int> MinimumNumberOfMembersPerRole { get; set; }

    public string[] SeedNodes { get; set; }

    public int? MinimumNumberOfMembers { get; set; }

    public string AppVersion { get; set; }

    public bool? LogInfo { get; set; }

    public bool? LogInfoVerbose { get; set; }

    public SplitBrainResolverOption SplitBrainResolver { get; set; }

    public PhiAccrualFailureDetectorOptions FailureDetector { get; set; }
}
