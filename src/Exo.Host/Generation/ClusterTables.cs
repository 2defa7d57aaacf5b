using System.Globalization;
using Exo.Actors;
using Exo.Host.Terminal;

namespace Exo.Host.Generation;

/// <summary>The cluster as rows for people; `exo` and `pbm` show the same.</summary>
internal static class ClusterTables
{
    public static readonly string[] MemberColumns = ["device", "address", "status", "memory", "http"];

    public static readonly string[] RingColumns = ["model", "state", "stage", "device", "units", "bytes", "hop"];

    public static IEnumerable<string[]> Members(ClusterSnapshot snapshot) =>
        from member in snapshot.Members
        select new[]
        {
            member.Name + (member.Self ? " (this one)" : ""),
            member.Address,
            member.Reachable ? member.Status : member.Status + ", unreachable",
            member.MemoryBytes > 0 ? Sizes.Text(member.MemoryBytes) : "–",
            member.HttpAddress ?? "–",
        };

    public static IEnumerable<string[]> Rings(ClusterSnapshot snapshot) =>
        snapshot.Rings.SelectMany(ring => ring.Stages.IsEmpty
            ? [[ring.Model, ring.Reason is { } reason ? $"{ring.State}: {reason}" : ring.State, "–", "–", "–", "–", "–"]]
            : ring.Stages.Select((stage, index) => new[]
            {
                ring.Model,
                ring.State,
                index.ToString(CultureInfo.InvariantCulture),
                stage.Device,
                stage.FirstUnit == stage.LastUnit ? stage.FirstUnit.ToString(CultureInfo.InvariantCulture) : $"{stage.FirstUnit}–{stage.LastUnit}",
                Sizes.Text(stage.Bytes),
                stage.HopMicroseconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{stage.HopMicroseconds:0} µs") : "–",
            }));
}
