using Akka.Configuration;

namespace Akka.Cluster.SBR;

public sealed class StaticQuorumSettings
{
    public StaticQuorumSettings(int size, string role)
    {
        if (size < 1)
            throw new ConfigurationException($"akka.cluster.split-brain-resolver.static-quorum.quorum-size is {size}; it must be at least 1");
        Size = size;
        Role = role;
    }

    public int Size { get; }

    public string Role { get; }
}
