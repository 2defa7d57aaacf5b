using Akka.Guarantees.Kit;
using Akka.Tests.Kit;

namespace Akka.Guarantees.Cluster;

/// <summary>What tests of partitions have in common.</summary>
internal static class Parted
{
    /// <summary>Quick to see a partition.</summary>
    public const string Detection = Remotes.Quick + """
        akka.cluster.failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 700ms
        }

        """;

    /// <summary>Three members, the last of them parted from the others.</summary>
    public static async Task ExpectOneAway(Islands trio)
    {
        await Rings.Expect(trio.Systems[..2], "two see one away", system => Islands.Unreachable(system) == 1);
        await Rings.Expect(trio.Systems[2..], "one sees two away", system => Islands.Unreachable(system) == 2);
    }
}
